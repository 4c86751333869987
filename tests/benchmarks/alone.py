"""The command `tidings` without what only the tools of tests bring along, as operators have it."""

import sys

ONLY_OF_TESTS = ("rich", "pygments")  # a library of ours takes them where it finds them

if __name__ == "__main__":
    sys.modules.update(dict.fromkeys(ONLY_OF_TESTS))  # type: ignore[arg-type]

    from inbox.cli import main

    main()
