"""opsdroid with its own Telegram connector and no skill; run by its own Python."""

# mypy: ignore-errors

import secrets
import sys

from opsdroid.cli.start import configure_lang
from opsdroid.core import OpsDroid


def main() -> None:
    """Serve on the port named first."""
    secrets.token_urlsafe = lambda _=None: "bench"  # the path of its hook, which is else made up
    configure_lang({})
    config = {
        "logging": {"level": "critical", "console": False},
        "web": {"host": "127.0.0.1", "port": int(sys.argv[1]), "disable_web_index_handler_in_root": True},
        "parsers": {"regex": {"enabled": True}},
        "connectors": {"telegram": {"token": "1:bench"}},
        "skills": {},
    }
    with OpsDroid(config=config) as bot:
        bot.run()


if __name__ == "__main__":
    main()
