"""What faults lay into a double, to be loaded by the applications there: no part of wetrun's own program."""
