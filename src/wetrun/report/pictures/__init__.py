"""Pictures of a forecast: SVG written as text, from plain data; each a whole file by itself, or part of the page."""
