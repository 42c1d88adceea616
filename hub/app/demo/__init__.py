"""The demo: a small day of three municipalities, with everything that goes wrong on purpose, held against the truth."""
