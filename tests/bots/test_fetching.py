"""Fetching what a stranger's address names."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web

from bots.errors import ChannelError, Misconfigured, Refused, Throttled, Unreachable
from bots.fetching import fetch, origin_of

Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[..., Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serve handlers by path on loopback; gives the base URL."""
    runners: list[web.AppRunner] = []

    async def begin(**handlers: Handle) -> str:
        app = web.Application()
        for name, handle in handlers.items():
            app.router.add_get(f"/{name}", handle)
        runner = web.AppRunner(app, shutdown_timeout=1, handler_cancellation=True)
        await runner.setup()
        runners.append(runner)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield begin
    for runner in runners:
        await runner.cleanup()


def says(status: int = 200, body: bytes = b"", **headers: str) -> Handle:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(
            status=status, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )

    return handle


def answers(*addresses: str) -> Callable[[str, int], Awaitable[list[str]]]:
    async def resolve(host: str, port: int) -> list[str]:
        return list(addresses)

    return resolve


async def all_of(url: str, **options: object) -> bytes:
    return b"".join([chunk async for chunk in fetch(url, **options)])  # type: ignore[arg-type]


BAD = {
    "loopback": "http://127.0.0.1/a",
    "loopback with a port": "http://127.0.0.1:6379/",
    "loopback with a final dot": "http://127.0.0.1./",
    "short number": "http://127.1/",
    "one number": "http://2130706433/",
    "hexadecimal": "http://0x7f000001/",
    "octal": "http://0177.0.0.1/",
    "circled digits": "http://①②⑦.⓪.⓪.①/",
    "octal in one number": "http://017700000001/",
    "octal with many zeros": "http://00000000000000000000000177.0.0.1/",
    "octal and private": "http://0300.0250.0.1/",
    "hexadecimal and short": "http://0x7f.1/",
    "three parts": "http://127.0.1/",
    "full stops of another script": "http://127。0。0。1/",
    "behind a fragment": "http://127.0.0.1#@example.com/",
    "a backslash before the host": "http://example.com\\@127.0.0.1/",
    "shared by a carrier (CGNAT)": "http://100.64.0.1/",
    "benchmarks": "http://198.18.0.1/",
    "Azure's agent": "http://168.63.129.16/",
    "a relay of 6to4": "http://192.88.99.1/",
    "broadcast": "http://255.255.255.255/",
    "multicast": "http://224.0.0.1/",
    "unspecified": "http://0.0.0.0/",
    "zero": "http://0/",
    "private": "https://10.0.0.1/a",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "IPv6 loopback": "http://[::1]/",
    "IPv6 mapped": "http://[::ffff:169.254.169.254]/",
    "IPv6 mapped in hexadecimal": "http://[::ffff:7f00:1]/",
    "IPv6 mapped, the long way": "http://[0:0:0:0:0:ffff:127.0.0.1]/",
    "IPv6 compatible": "http://[::127.0.0.1]/",
    "IPv6 translated": "http://[::ffff:0:127.0.0.1]/",
    "NAT64": "http://[64:ff9b::7f00:1]/",
    "NAT64 of a local prefix": "http://[64:ff9b:1::a00:1]/",
    "6to4": "http://[2002:7f00:1::]/",
    "Teredo": "http://[2001::1]/",
    "IPv6 unspecified": "http://[::]/",
    "IPv6 link-local": "http://[fe80::1]/",
    "IPv6 with a zone": "http://[fe80::1%25eth0]/",
    "IPv6 public with a zone": "http://[2606:4700::1111%25eth0]/",
    "IPv6 discard": "http://[100::1]/",
    "IPv6 multicast": "http://[ff02::1]/",
    "IPv6 private": "http://[fd00:ec2::254]/",
    "name of loopback": "http://localhost/",
    "a name and password before the host": "http://api.twilio.com@127.0.0.1/",
    "a password": "https://user:secret@example.com/a",
    "file": "file:///etc/passwd",
    "ftp": "ftp://example.com/a",
    "gopher": "gopher://127.0.0.1:6379/_INFO",
    "data": "data:text/plain,hello",
    "no scheme": "//example.com/a",
    "a path": "/etc/passwd",
    "nothing": "",
    "no host": "http:///a",
    "a port that is none": "http://example.com:99999/",
    "not a URL": "http://[::1",
}


@pytest.mark.parametrize("url", BAD.values(), ids=BAD.keys())
async def test_a_bad_address_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(Refused) as refused:
        await all_of(url)
    assert refused.value.reason.endswith(".")


@pytest.mark.parametrize(
    "found",
    [
        *(["10.0.0.1"], ["127.0.0.1"], ["100.64.0.1"], ["0.0.0.0"], ["169.254.169.254"]),
        *(["8.8.8.8", "169.254.169.254"], ["2606:4700::1111", "::1"]),
        *(["::ffff:127.0.0.1"], ["fe80::1"], ["fe80::1%eth0"], ["64:ff9b::a00:1"], ["2002:a00:1::"]),
        ["not an address"],
    ],
    ids=str,
)
async def test_a_name_that_points_inward_is_refused(found: list[str]) -> None:
    with pytest.raises(Refused, match="points inside"):
        await all_of("http://pictures.example/a.jpg", resolve=answers(*found))


async def test_a_name_is_looked_up_once_and_that_very_address_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    connected: list[str] = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) > 1 else ["8.8.8.8"]

    async def connect(
        addr_infos: list[tuple[object, object, object, object, tuple[str, int]]], **_: object
    ) -> None:
        connected.extend(info[4][0] for info in addr_infos)
        raise ConnectionRefusedError("the network is loopback only")

    monkeypatch.setattr("aiohttp.connector.aiohappyeyeballs.start_connection", connect)
    with pytest.raises(Unreachable):
        await all_of("http://rebind.example/secret", resolve=rebinding)
    assert asked == ["rebind.example"]
    assert connected == ["8.8.8.8"]


async def test_a_name_that_turns_inward_between_two_redirects_is_refused(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is reached as a public one, sends us back to its own name, and answers inward then."""
    base = await serve(a=says(302, Location="http://rebind.example/b"), b=says(body=b"inner"))
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) > 1 else ["8.8.8.8"]

    async def connect(*_: object, **__: object) -> socket.socket:
        door = socket.socket()
        door.setblocking(False)
        await asyncio.get_running_loop().sock_connect(door, ("127.0.0.1", int(base.rpartition(":")[2])))
        return door

    monkeypatch.setattr("aiohttp.connector.aiohappyeyeballs.start_connection", connect)
    with pytest.raises(Refused, match="points inside"):
        await all_of("http://rebind.example/a", resolve=rebinding)
    assert asked == ["rebind.example", "rebind.example"]


async def test_the_certificate_and_the_host_are_those_of_the_name_not_of_the_number(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    async def names(request: web.Request) -> web.Response:
        told.append(request.host)
        return web.Response(body=b"ok")

    base = await serve(a=names)

    async def connect(*_: object, **__: object) -> socket.socket:
        door = socket.socket()
        door.setblocking(False)
        await asyncio.get_running_loop().sock_connect(door, ("127.0.0.1", int(base.rpartition(":")[2])))
        return door

    monkeypatch.setattr("aiohttp.connector.aiohappyeyeballs.start_connection", connect)
    assert await all_of("http://pictures.example/a", resolve=answers("8.8.8.8")) == b"ok"
    assert told == ["pictures.example"]


async def test_a_name_without_an_address_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        await all_of("http://nowhere.example/a", resolve=answers())


async def test_a_trusted_origin_may_be_anywhere(serve: Serve) -> None:
    base = await serve(a=says(body=b"picture"))
    assert await all_of(f"{base}/a", trusted=[base]) == b"picture"


@pytest.mark.parametrize("change", ["port", "scheme", "host"])
async def test_trust_is_for_one_scheme_host_and_port(serve: Serve, change: str) -> None:
    base = await serve(a=says(body=b"inner"))
    port = int(base.rpartition(":")[2])
    other = {
        "port": f"http://127.0.0.1:{port + 1}",
        "scheme": f"https://127.0.0.1:{port}",
        "host": f"http://127.0.0.2:{port}",
    }[change]
    with pytest.raises(Refused, match="points inside"):
        await all_of(f"{base}/a", trusted=[other])


async def test_a_redirect_inward_is_refused(serve: Serve) -> None:
    inner = await serve(secret=says(body=b"inner"))
    base = await serve(a=says(302, Location=f"{inner}/secret"))
    with pytest.raises(Refused, match="points inside"):
        await all_of(f"{base}/a", trusted=[base])


@pytest.mark.parametrize("location", ["file:///etc/passwd", "http://user:x@127.0.0.1/", "http://[::1"])
async def test_a_redirect_to_no_web_address_is_refused(serve: Serve, location: str) -> None:
    base = await serve(a=says(302, Location=location))
    with pytest.raises(Refused):
        await all_of(f"{base}/a", trusted=[base])


async def test_a_redirect_to_nowhere_is_refused(serve: Serve) -> None:
    base = await serve(a=says(302))
    with pytest.raises(Refused, match="nowhere"):
        await all_of(f"{base}/a", trusted=[base])


async def test_redirects_end(serve: Serve) -> None:
    base = await serve(a=says(302, Location="/a"))
    with pytest.raises(Refused, match="more than 5"):
        await all_of(f"{base}/a", trusted=[base])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed_without_the_credentials(serve: Serve, status: int) -> None:
    seen: dict[str, str | None] = {}

    async def picture(request: web.Request) -> web.Response:
        seen["picture"] = request.headers.get("Authorization")
        return web.Response(body=b"picture")

    async def first(request: web.Request) -> web.Response:
        seen["first"] = request.headers.get("Authorization")
        return web.Response(status=status, headers={"Location": f"{store}/picture"})

    store = await serve(picture=picture)
    base = await serve(first=first)
    got = await all_of(f"{base}/first", trusted=[base, store], authorization="Basic x")
    assert (got, seen) == (b"picture", {"first": "Basic x", "picture": None})


async def test_credentials_do_not_go_to_a_stranger() -> None:
    heard = asyncio.Queue[bytes]()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.put_nowait(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        assert await all_of(f"{base}/a", trusted=[base]) == b"ok"
        assert b"uthorization" not in await heard.get()
    with pytest.raises(Refused):
        await all_of(f"{base}/a", trusted=["https://api.example"], authorization="Basic x")
    assert heard.empty()


async def test_a_body_without_end_is_stopped_by_the_caller(serve: Serve) -> None:
    closed = asyncio.Event()

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x" * 65_536)
        finally:
            closed.set()

    base = await serve(a=endless)
    stream = fetch(f"{base}/a", trusted=[base])
    size = 0
    async for chunk in stream:
        size += len(chunk)
        if size > 1_000_000:
            break
    await stream.aclose()  # type: ignore[attr-defined]
    await asyncio.wait_for(closed.wait(), 10)
    assert size <= 1_000_000 + 65_536


async def test_a_bomb_comes_in_small_pieces(serve: Serve) -> None:
    packed = gzip.compress(b"\0" * 50_000_000)
    base = await serve(a=says(body=packed, Content_Encoding="gzip"))
    stream = fetch(f"{base}/a", trusted=[base])
    largest = [len(await anext(stream)) for _ in range(20)]
    await stream.aclose()  # type: ignore[attr-defined]
    assert max(largest) <= 65_536


async def test_a_slow_place_is_given_up(serve: Serve) -> None:
    async def never(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    base = await serve(a=never)
    with pytest.raises(Unreachable, match="in time"):
        await all_of(f"{base}/a", trusted=[base], seconds=0.1)


async def test_a_body_cut_short_is_an_error_not_a_file(serve: Serve) -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport is not None
        request.transport.close()
        return response

    base = await serve(a=cut)
    with pytest.raises(Unreachable):
        await all_of(f"{base}/a", trusted=[base])


async def test_nobody_there_is_unreachable(serve: Serve) -> None:
    server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    await server.wait_closed()
    with pytest.raises(Unreachable):
        await all_of(f"{base}/a", trusted=[base])


async def test_a_name_nobody_knows_is_unreachable() -> None:
    async def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(Unreachable):
        await all_of("http://nowhere.example/a", resolve=unknown)


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, Misconfigured), (403, Misconfigured), (404, Refused), (410, Refused), (204, Refused),
     (429, Throttled), (500, Unreachable), (503, Unreachable)],
)  # fmt: skip
async def test_each_status_has_its_error(serve: Serve, status: int, error: type[ChannelError]) -> None:
    base = await serve(a=says(status, Retry_After="7"))
    with pytest.raises(error) as failed:
        await all_of(f"{base}/a", trusted=[base])
    assert failed.value.code == str(status)
    assert getattr(failed.value, "retry_after", 7) == 7


def test_an_origin_names_the_port_only_where_it_matters() -> None:
    assert (
        origin_of("https://api.twilio.com:443/a")
        == origin_of("https://API.twilio.com")
        == "https://api.twilio.com"
    )
