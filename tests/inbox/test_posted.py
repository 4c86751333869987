"""What is posted is read within limits, whatever becomes of the caller."""

import asyncio

from aiohttp import web

from inbox.posted import fields_of

HALF = (
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\ntext=hel"
)


async def test_a_caller_who_leaves_in_the_middle_of_a_form_is_no_error_of_ours() -> None:
    loop = asyncio.get_running_loop()
    begun, met = loop.create_future(), loop.create_future()

    async def door(request: web.Request) -> web.Response:
        begun.set_result(None)
        try:
            await fields_of(request, 1_000)
        except BaseException as error:
            met.set_result(error)
            raise
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/", door)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    _, writer = await asyncio.open_connection("127.0.0.1", runner.addresses[0][1])
    writer.write(HALF)
    await begun
    writer.close()
    async with asyncio.timeout(25):
        found = await met
    await runner.cleanup()
    assert isinstance(found, web.HTTPBadRequest), repr(found)
