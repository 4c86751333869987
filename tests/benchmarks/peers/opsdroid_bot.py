"""opsdroid with its own Telegram connector and one skill; run by its own Python."""

# mypy: ignore-errors

import secrets
import sys
from pathlib import Path

from opsdroid.cli.start import configure_lang
from opsdroid.core import OpsDroid

SKILL = """
from opsdroid.matchers import match_regex


@match_regex("parcel", matching_condition="search")
async def noted(opsdroid, config, message):
    return
"""


def main() -> None:
    """Serve on the port named first, with a skill in the folder named last."""
    skill = Path(sys.argv[3]) / "noted.py"
    skill.write_text(SKILL)
    secrets.token_urlsafe = lambda _=None: "bench"  # the path of its hook, which is else made up
    configure_lang({})
    config = {
        "logging": {"level": "critical", "console": False},
        "web": {"host": "127.0.0.1", "port": int(sys.argv[1]), "disable_web_index_handler_in_root": True},
        "parsers": {"regex": {"enabled": True}},
        "connectors": {"telegram": {"token": "1:bench"}},
        "skills": {"noted": {"path": str(skill), "no-cache": True}},
    }
    with OpsDroid(config=config) as bot:
        bot.run()


if __name__ == "__main__":
    main()
