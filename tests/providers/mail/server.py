"""The look-alike itself: both servers and the control API on loopback."""

import asyncio
import logging
import ssl
import warnings
from asyncio import StreamReader, StreamWriter
from typing import Any, Self

from aiohttp import web

from tests.providers.mail.control import Control
from tests.providers.mail.imap import ImapSession
from tests.providers.mail.smtp import Server, Taker
from tests.providers.mail.state import ADDRESS, MailState

HOST = "127.0.0.1"


class MailServer:
    """`async with MailServer() as mail`: IMAP at `mail.imap_port`, SMTP at `mail.smtp_port` until the end."""

    def __init__(
        self,
        state: MailState | None = None,
        *,
        login: str = ADDRESS,
        port: int = 0,
        imap_port: int = 0,
        smtp_port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.state = state or MailState()
        self.login = login
        self.tls = tls
        self.port, self.imap_port, self.smtp_port = port, imap_port, smtp_port
        self._servers: list[asyncio.Server] = []
        self._sessions: set[asyncio.Task[None]] = set()
        self._smtp: set[Server] = set()
        self._runner: web.AppRunner | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """Give what a channel's section needs to talk to us."""
        return {
            "imap_host": HOST,
            "imap_port": self.imap_port,
            "imap_security": "tls" if self.tls else "none",
            "smtp_host": HOST,
            "smtp_port": self.smtp_port,
            "smtp_security": "starttls" if self.tls else "none",
        }

    async def __aenter__(self) -> Self:
        logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd's own: it repeats who logs in
        imap = await asyncio.start_server(self._imap, HOST, self.imap_port, limit=1_000_000, ssl=self.tls)
        smtp = await asyncio.get_running_loop().create_server(self._made, HOST, self.smtp_port)
        self._servers = [imap, smtp]
        self.imap_port = imap.sockets[0].getsockname()[1]
        self.smtp_port = smtp.sockets[0].getsockname()[1]
        app = web.Application(client_max_size=80_000_000)
        app.add_routes([*Control(self.state).routes(), *self.state.faults.routes()])
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        for server in self._servers:
            server.close()
        self.cut()
        await asyncio.gather(*self._sessions, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()

    def cut(self) -> None:
        """Cut every connection."""
        for session in self._sessions:
            session.cancel()
        for one in self._smtp:
            if one.transport is not None:
                one.transport.close()
        self._smtp.clear()

    async def _imap(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._sessions.add(task)
        try:
            await ImapSession(self.state, self.login, reader, writer).run()
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self._sessions.discard(task)

    def _made(self) -> Server:
        taker = Taker(self.state, self.login)
        with warnings.catch_warnings(
            action="ignore"
        ):  # that a password goes without TLS: it stays on loopback
            server = Server(
                taker,
                hostname="look-alike",
                auth_required=True,
                auth_require_tls=self.tls is not None,
                tls_context=self.tls,
                require_starttls=self.tls is not None,
                authenticator=taker.authenticate,
                loop=asyncio.get_running_loop(),
            )
        self._smtp.add(server)
        return server
