"""A provider without limits: takes what Telegram's SDK or the HTTP channel posts, and remembers its order."""

import asyncio
import sys
from urllib.parse import unquote_plus

import orjson

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"


class Taker(asyncio.Protocol):
    """One keep-alive connection."""

    def __init__(self, taken: list[str]) -> None:
        """Remember what is said in *taken*."""
        self._taken = taken
        self._heard = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is whole."""
        self._heard += data
        while (whole := self._whole()) is not None:
            assert self._transport is not None
            answer = self._answer(*whole)
            self._transport.write(ANSWER % (len(answer), answer))

    def _whole(self) -> tuple[str, bytes] | None:
        head, found, body = self._heard.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        length = next((int(one[15:]) for one in lines if one[:15].lower() == b"content-length:"), 0)
        if not found or len(body) < length:
            return None
        self._heard = body[length:]
        return lines[0].split(b" ")[1].decode(), body[:length]

    def _answer(self, path: str, body: bytes) -> bytes:
        if path == "/taken":
            return orjson.dumps(self._taken)
        number = len(self._taken) + 1
        if path == "/post":
            self._taken.append(orjson.loads(body)["text"])
            return orjson.dumps({"external_id": str(number)})
        form = dict(pair.split("=", 1) for pair in body.decode().split("&"))
        self._taken.append(unquote_plus(form["text"]))
        chat = {"id": int(form["chat_id"]), "type": "private"}
        return orjson.dumps(
            {"ok": True, "result": {"message_id": number, "date": 1_795_341_720, "chat": chat, "text": "x"}}
        )


async def serve(port: int) -> None:
    """Serve until ended."""
    taken: list[str] = []
    server = await asyncio.get_running_loop().create_server(lambda: Taker(taken), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
