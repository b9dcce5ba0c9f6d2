"""From a text to values: a tree with places, and shapes that say what each part of it must be."""
