"""Run the look-alike by itself: python -m tests.providers.bandwidth --port 9720 --hook URL."""

import argparse
import asyncio
import contextlib
import json

from tests.providers.bandwidth.server import ACCOUNT, BandwidthLookAlike


async def serve(port: int, hook: str) -> None:
    bandwidth = await BandwidthLookAlike(hook=hook, receipts=["message-delivered"]).start(port)
    print(json.dumps({"base_url": bandwidth.base_url, "account": ACCOUNT}), flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await bandwidth.stop()


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--hook", default="")
options = parser.parse_args()
with contextlib.suppress(KeyboardInterrupt):
    asyncio.run(serve(options.port, options.hook))
