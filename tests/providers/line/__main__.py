"""Run the look-alike by itself: python -m tests.providers.line --port 9710."""

import argparse
import asyncio
import contextlib
import json
import signal

from tests.providers.line.server import SECRET, TOKEN, LineLookAlike


async def serve(options: argparse.Namespace) -> None:
    line = LineLookAlike(secret=options.secret, token=options.token)
    base_url = await line.start(options.port)
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, ended.set)
    print(json.dumps({"base_url": base_url}), flush=True)
    await ended.wait()
    await line.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--secret", default=SECRET)
    parser.add_argument("--token", default=TOKEN)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args()))


main()
