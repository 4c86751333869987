"""Run the look-alike by itself: python -m tests.providers.whatsapp --port 9720."""

import argparse
import asyncio
import contextlib
import json
import signal

from tests.providers.whatsapp.server import APP_SECRET, TOKEN, VERIFY_TOKEN, WhatsAppLookAlike


async def serve(options: argparse.Namespace) -> None:
    meta = WhatsAppLookAlike(
        token=options.token, app_secret=options.app_secret, verify_token=options.verify_token
    )
    base_url = await meta.start(options.port)
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, ended.set)
    ready = {"base_url": base_url, "phone_number_id": meta.number_id, "business_account_id": meta.account_id}
    print(json.dumps(ready), flush=True)
    await ended.wait()
    await meta.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--app-secret", default=APP_SECRET)
    parser.add_argument("--verify-token", default=VERIFY_TOKEN)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args()))


main()
