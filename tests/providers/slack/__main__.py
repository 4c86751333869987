"""Run the look-alike alone: `python -m tests.providers.slack --port 9100 --channel support --person Ana`."""

import argparse
import asyncio
import json
import signal
import sys

from tests.providers.slack.server import SlackLookAlike, Tokens


def options(line: list[str]) -> argparse.Namespace:
    """The command line; tokens have fixed defaults so that an environment can be written beforehand."""
    parser = argparse.ArgumentParser(prog="python -m tests.providers.slack")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--bot-token", default="xoxb-look-alike")
    parser.add_argument("--app-token", default="xapp-1-look-alike")
    parser.add_argument("--signing-secret", default="look-alike-signing-secret")
    parser.add_argument("--channel", action="append", default=[], help="a Slack channel's name")
    parser.add_argument("--person", action="append", default=[], help="a name, or name:e-mail")
    parser.add_argument("--no-limits", action="store_true", help="never answer 429 by itself")
    parser.add_argument("--scale", type=float, default=1.0, help="widen every limit so many times")
    return parser.parse_args(line)


async def serve(given: argparse.Namespace) -> None:
    """Serve until SIGINT or SIGTERM; one line of JSON tells where and with which tokens."""
    tokens = Tokens(bot=given.bot_token, app=given.app_token, signing_secret=given.signing_secret)
    limits = not given.no_limits
    slack = SlackLookAlike(port=given.port, limits=limits, scale=given.scale, strict=False, tokens=tokens)
    async with slack:
        channels = {name: slack.add_channel(name) for name in given.channel}
        people = {}
        for entry in given.person:
            name, _, email = entry.partition(":")
            people[name] = slack.add_person(name, email=email).id
        sys.stdout.write(json.dumps({"url": slack.url, "channels": channels, "people": people}) + "\n")
        sys.stdout.flush()
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        await ended.wait()


if __name__ == "__main__":
    asyncio.run(serve(options(sys.argv[1:])))
