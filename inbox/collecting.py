"""How Python collects garbage in a process that serves: seldom, and never what lives as long as it.

With Python's own settings the collector went through everything that was ever loaded many times a
second under load, and each time stood in front of whoever waited: a post to Slack took four times as long.
"""

import gc
from typing import Final

YOUNG: Final = 50_000  # objects made before the young ones are looked at
OLDER: Final = (20, 50)


def collect_seldom() -> None:
    """Set what is loaded now apart for good, and look at the rest less often; for the whole process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *OLDER)
