"""The SMTP side: aiosmtpd with a login, refusals and faults."""

import asyncio
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.providers.mail.state import PASSWORD, Handed, MailState

PATH = "/smtp"


class Taker:
    """What aiosmtpd asks at each step of one connection."""

    def __init__(self, state: MailState, login: str) -> None:
        self.state, self.login, self.refuses = state, login, False

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, way: str, data: Any
    ) -> AuthResult:
        if self.state.fault(PATH, "status", status=401):
            self.refuses = True  # whatever way of logging in is tried next
        if self.refuses:
            return AuthResult(success=False, handled=False)
        given = (data.login, data.password) if isinstance(data, LoginPassword) else None
        good = given == (self.login.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False, auth_data=self.login if good else None)

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, name: str, lines: list[str]
    ) -> list[str]:
        session.host_name = name
        return [*lines[:-1], "250-ENHANCEDSTATUSCODES", "250-DSN", lines[-1]]

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.state.fault(PATH, "drop_before"):
            cut(server)
        if fault := self.state.fault(PATH, "throttle"):
            return f"451 4.7.1 Greylisted, please try again in {fault.retry_after} seconds"
        if self.state.fault(PATH, "status"):
            return "421 4.3.0 The mail system is not available"
        if self.state.fault(PATH, "html"):
            return "<html><head><title>Bad Gateway</title></head></html>"
        if refusal := self.state.refusals.get("sender"):
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := self.state.refusals.get(address.lower()):
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        handed = Handed(
            sender=envelope.mail_from or "",
            to=tuple(envelope.rcpt_tos),
            options=(*envelope.mail_options, *envelope.rcpt_options),
            raw=bytes(envelope.original_content or b""),
        )
        if refusal := self.state.refusals.get("data"):
            return refusal
        self.state.sent.append(handed)
        self.state.news.set()
        if slow := self.state.fault(PATH, "slow"):
            await asyncio.sleep(slow.seconds)
        if self.state.fault(PATH, "drop_after"):
            cut(server)
        return "250 2.0.0 Ok: queued"


class Server(SMTP):
    """aiosmtpd with the extension for delivery reports, whose words it takes no notice of itself."""

    def _getparams(self, params: Any) -> Any:
        known = [
            one for one in params if one.upper().partition("=")[0] not in ("RET", "ENVID", "NOTIFY", "ORCPT")
        ]
        return super()._getparams(known)


def cut(server: SMTP) -> None:
    transport = server.transport
    assert transport is not None
    transport.abort()  # type: ignore[attr-defined]
    raise asyncio.CancelledError
