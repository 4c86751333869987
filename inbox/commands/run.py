"""`tidings run`: serve until told to stop."""

import asyncio
import errno
import os
import signal
import socket
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
import structlog

from config.errors import Mistake
from config.settings import Settings
from inbox.check import secret_values
from inbox.collecting import collect_seldom
from inbox.commands.reading import WRONG, configured, tell
from inbox.commands.sign_in import link_for
from inbox.logs import Redaction, secrets_of, start_logs
from inbox.secret import with_secret
from storage.alone import AlreadyRunning
from storage.database import StorageError, Unavailable

if TYPE_CHECKING:
    from inbox.app import App

STOP_SECONDS = 4.5  # of the five we promise
SIGNALS = (signal.SIGINT, signal.SIGTERM)

log = structlog.get_logger()


@click.command()
@click.option("--link/--no-link", default=True, help="Print a sign-in link for the first agent.")
@click.pass_context
def run(context: click.Context, link: bool) -> None:
    """Take hooks, show them to agents, send what they answer. Ctrl-C stops, a second one at once.

    A mistake in the configuration exits 2 and nothing is started.
    """
    settings = configured(context)
    try:
        settings = with_secret(settings)
        hidden = [value for each in secret_values(settings) for value in secrets_of(each)]
        settings = with_port(settings)
    except Mistake as mistake:
        tell(mistake)
        context.exit(WRONG)
    start_logs(settings, hidden)
    try:
        asyncio.run(serve(settings, link=link))
    except Mistake as mistake:
        tell(mistake)
        context.exit(WRONG)
    except (AlreadyRunning, Unavailable, StorageError, OSError) as error:
        cleaned = Redaction([*hidden, *secrets_of(settings)]).clean(str(error) or type(error).__doc__ or "")
        raise click.ClickException(f"tidings cannot start: {cleaned}") from error


def with_port(settings: Settings) -> Settings:
    """Choose a free port where the settings leave it open; raises Mistake if theirs cannot be listened at."""
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
    except OSError as error:
        what = f"There is no address {settings.host!r}: {error.strerror}."
        raise settings.source.mistake(("host",), what, "Write 127.0.0.1, or 0.0.0.0 for all.") from error
    ports = [_free_port(settings, family, where) for family, _, _, _, where in found]
    if settings.port:
        return settings
    here = settings.public_url.removesuffix(":0")
    url = settings.public_url if here == settings.public_url else f"{here}:{ports[0]}"
    return settings.model_copy(update={"port": ports[0], "public_url": url})


def _free_port(settings: Settings, family: int, where: object) -> int:
    with socket.socket(family, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(where)  # type: ignore[arg-type]  # as getaddrinfo gave it
        except OSError as error:
            words = {errno.EADDRINUSE: "is taken by another program", errno.EACCES: "is not allowed to us"}
            told = words.get(error.errno or 0, f"cannot be used: {error.strerror}")
            what = f"Port {settings.port} of {settings.host} {told}."
            remedy = "End that program, or choose another with port, or TIDINGS_PORT."
            raise settings.source.mistake(("port",), what, remedy) from error
        return int(door.getsockname()[1])


async def serve(settings: Settings, *, link: bool) -> None:
    """Start, say where we are, wait for a signal and stop within 5 s; raises Mistake."""
    from inbox.app import build  # here, so that the other commands begin sooner

    app = build(settings)
    stopping = asyncio.Event()
    _obey_signals(stopping)
    begun = asyncio.ensure_future(app.start())
    told = asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait((begun, told), return_when=asyncio.FIRST_COMPLETED)
        if begun.done():
            await begun
            collect_seldom()
            await _say_where(app, link=link)
            await told
    finally:
        await _stop(app, begun, told)


def _obey_signals(stopping: asyncio.Event) -> None:
    """The first signal stops in order, the second at once: every row outlives that."""

    def obey() -> None:
        if stopping.is_set():
            os._exit(1)
        click.echo("Stopping. Once more stops at once.", err=True)
        stopping.set()

    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, obey)


async def _say_where(app: "App", *, link: bool) -> None:
    settings = app.settings
    click.echo(f"{settings.business} is ready.")
    click.echo(f"  Customers write:  {settings.public_url}/chat")
    click.echo(f"  Agents answer:    {settings.public_url}/desk")
    if link:
        first = settings.policy.agents[0]
        url = await link_for(app.database, first.key, settings.public_url, datetime.now(UTC))
        click.echo(f"  Sign in as {first.name}, once, within 15 minutes:\n    {url}")
    sys.stdout.flush()


async def _stop(app: "App", *ours: "asyncio.Future[Any]") -> None:
    for future in ours:
        future.cancel()
    await asyncio.gather(*ours, return_exceptions=True)
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await app.stop()
    except TimeoutError:
        log.warning("stopped before everything under way was finished; it goes on at the next start")
        sys.stderr.flush()
        os._exit(0)  # threads that hang would hold the process
