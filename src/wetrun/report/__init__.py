"""What people and programs read after a rehearsal: a page, a text, JSON. Pure: a report goes in, text comes out."""
