"""Run the script by itself: python -m tests.providers.http --port 9710."""

import argparse
import asyncio
import contextlib

from tests.providers.http.server import serve

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--port", type=int, default=0)
with contextlib.suppress(KeyboardInterrupt):
    asyncio.run(serve(parser.parse_args().port))
