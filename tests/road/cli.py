"""The command `tidings`, by the interpreter that runs the tests."""

from inbox.cli import main

if __name__ == "__main__":
    main()
