"""Run the look-alike in a process of its own."""

import argparse
import asyncio
import json
import signal

from tests.providers.meta_page.records import Kind
from tests.providers.meta_page.server import MetaPageLookAlike


async def serve(kind: Kind, options: argparse.Namespace) -> None:
    meta = MetaPageLookAlike(kind=kind)
    for name in ("token", "secret", "account_id", "app_id"):
        if getattr(options, name):
            setattr(meta, name, getattr(options, name))
    base_url = await meta.start(options.port)
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, ended.set)
    print(json.dumps({"base_url": base_url, "account_id": meta.account_id}), flush=True)
    await ended.wait()
    await meta.stop()


def main(kind: Kind) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    for name in ("--token", "--secret", "--account-id", "--app-id"):
        parser.add_argument(name, default="")
    asyncio.run(serve(kind, parser.parse_args()))
