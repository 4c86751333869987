"""`python -m tests.providers.telegram --port 8081 --token 42:LOOKALIKE`: serve until interrupted."""

import argparse
import asyncio
import signal

from tests.providers.telegram import TelegramServer, TelegramState


async def serve(port: int, token: str) -> None:
    done = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, done.set)
    async with TelegramServer(TelegramState(token=token), port) as server:
        print(server.url, flush=True)
        await done.wait()


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--port", type=int, default=0)
    asked.add_argument("--token", default="42:LOOKALIKE")
    values = asked.parse_args()
    asyncio.run(serve(values.port, values.token))
