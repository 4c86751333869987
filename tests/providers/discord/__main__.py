"""Run the look-alike by itself: python -m tests.providers.discord --port 9720."""

import argparse
import asyncio
import contextlib
import json
import signal

from tests.providers.discord.server import DiscordLookAlike
from tests.providers.discord.state import TOKEN


async def serve(options: argparse.Namespace) -> None:
    discord = DiscordLookAlike(token=options.token)
    for channel in options.channel:
        discord.state.open_server(channel)
    await discord.start(options.port)
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, ended.set)
    shown = {"base_url": discord.base_url, "api_url": discord.api_url, "public_key": discord.public_key}
    print(json.dumps(shown), flush=True)
    await ended.wait()
    await discord.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument(
        "--channel", action="append", default=[], help="a text channel of a server, by number"
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args()))


main()
