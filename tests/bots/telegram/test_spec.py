"""What Telegram can do, as data."""

import subprocess
import sys

from telegram.constants import ReactionEmoji

from bots.telegram import SPEC


def test_the_reactions_are_all_that_telegram_takes() -> None:
    assert set(SPEC.reactions) == {one.value for one in ReactionEmoji}


def test_a_look_at_the_folder_loads_no_library_of_telegram() -> None:
    asked = "import sys, bots.telegram; print('telegram' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True).stdout == "False\n"
