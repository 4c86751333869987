"""Pictures of the program for its documentation: `python -m tests.pictures` takes them all again."""
