"""Run the look-alike by itself: python -m tests.providers.twilio --port 9700."""

import argparse
import asyncio
import contextlib
import json
import signal

from tests.providers.twilio.server import ACCOUNT_SID, AUTH_TOKEN, NUMBER, TwilioLookAlike


async def serve(options: argparse.Namespace) -> None:
    twilio = TwilioLookAlike(
        account_sid=options.account,
        auth_token=options.token,
        numbers=options.number or [NUMBER],
        receipts=options.receipt,
    )
    base_url = await twilio.start(options.port)
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, ended.set)
    print(json.dumps({"base_url": base_url, "account_sid": twilio.account_sid}), flush=True)
    await ended.wait()
    await twilio.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--account", default=ACCOUNT_SID)
    parser.add_argument("--token", default=AUTH_TOKEN)
    parser.add_argument("--number", action="append", help=f"a number of ours; {NUMBER} if none is given")
    parser.add_argument(
        "--receipt", action="append", default=[], help="a status to report after each message"
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args()))


main()
