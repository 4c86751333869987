"""The command `tidings`, whose log is copied into the file after as many commits as its first word says.

A cut is worst while the log is copied; so that it meets one often, it may be copied more often than in life.
"""

import sys

import storage.checkpoints
from inbox.cli import main

if __name__ == "__main__":
    storage.checkpoints.EVERY = int(sys.argv.pop(1))  # type: ignore[misc]
    main()
