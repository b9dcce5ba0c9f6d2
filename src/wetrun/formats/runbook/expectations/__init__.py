"""What somebody writes about the result of a command → what a step expects of it."""
