"""One mail handed to our SMTP server, and what its answers mean.

Sources: RFC 5321 §4.2 (replies), RFC 3463 (enhanced codes), RFC 3461 (delivery reports).
"""

import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from bots.email.codes import OPERATOR, sentence
from bots.email.settings import Settings
from bots.errors import ChannelError, Misconfigured, Refused, Throttled, Uncertain, Unreachable

LATER: Final = 300.0
"""Seconds: greylisting servers want some minutes between two tries."""
ENHANCED: Final = re.compile(r"^\s*([245]\.\d{1,3}\.\d{1,3})\b")
WAIT: Final = re.compile(r"\b(\d{1,5})\s*(s|sec|seconds?|m|min|minutes?)\b", re.IGNORECASE)
FLAWS: Final = (SMTPException, OSError, ValueError, EOFError)
"""What the library raises; TimeoutError and errors of TLS are OSErrors."""
OURS: Final = frozenset({"5.1.7", "5.1.8", "5.7.8", "5.7.9", "5.7.14"})
"""Codes that say that our own address or account is wrong."""

BARE: Final = {550: "5.1.0", 552: "5.3.4"}
"""What a refusal without an enhanced code is."""
BARE_RECIPIENT: Final = {553: "5.1.3"}
"""What it is where it answers the recipient: elsewhere it is not said of them."""
TOO_LARGE: Final = frozenset({"5.2.3", "5.3.4"})


async def deliver(raw: bytes, to: str, settings: Settings) -> None:
    """Hand one mail over; raises a ChannelError: Uncertain once the mail itself was on its way."""
    async with _session(settings) as server:
        try:
            reports = server.supports_extension("dsn")
            await server.mail(settings.address, options=_mail_options(server, len(raw), reports))
            await server.rcpt(to, options=_recipient_options(settings, reports))
        except FLAWS as error:
            raise translated(error, Unreachable) from error
        try:
            await server.data(raw)
        except FLAWS as error:
            raise translated(error, Uncertain) from error


async def greet(settings: Settings) -> None:
    """Connect and log in, no more; raises a ChannelError."""
    async with _session(settings) as server:
        try:
            await server.noop()
        except FLAWS as error:
            raise translated(error, Unreachable) from error


@asynccontextmanager
async def _session(settings: Settings) -> AsyncIterator[SMTP]:
    """Connect, with TLS as set, and log in; a goodbye that fails is none of our business."""
    server = SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        timeout=settings.timeout,
        use_tls=settings.smtp_security == "tls",
        start_tls=settings.smtp_security == "starttls",
        local_hostname=settings.our_domain,
    )
    try:
        try:
            await server.connect()
            if settings.smtp_login:
                await server.login(settings.login, settings.password.get_secret_value())
        except FLAWS as error:
            # Not chained: what failed may repeat what was sent.
            raise _refused_entry(error, settings) from None
        yield server
    finally:
        with suppress(*FLAWS):
            await server.quit(timeout=1)
        server.close()


def _refused_entry(error: Exception, settings: Settings) -> ChannelError:
    match error:
        case SMTPAuthenticationError() if error.code >= 500:
            code = _enhanced(error.message) or str(error.code)
            return Misconfigured(
                f"The mail server {settings.smtp_host} does not take our name and password.", code=code
            )
        case SMTPException() if type(error) in (SMTPException, SMTPNotSupported):
            # Bare where the server has no STARTTLS or no AUTH.
            return Misconfigured(
                f"The mail server {settings.smtp_host} offers no login or no TLS. {OPERATOR}"
            )
        case ssl.SSLCertVerificationError():
            return Misconfigured(
                f"The mail server {settings.smtp_host} shows a certificate that is not its own."
            )
        case SMTPResponseException() if error.code < 500:
            return _temporary(error.code, error.message)
        case _:
            return Unreachable(f"The mail server {settings.smtp_host} cannot be reached.")


def translated(error: Exception, unheard: type[ChannelError]) -> ChannelError:
    """Say what *error* means; *unheard* is for an answer that did not come."""
    if not isinstance(error, SMTPResponseException):
        return unheard("The connection to our mail server was lost before its answer came.")
    if 400 <= error.code < 500:
        return _temporary(error.code, error.message)
    if error.code < 500 or error.code > 599:
        return unheard("Our mail server's answer was not one.")
    bare = BARE | BARE_RECIPIENT if isinstance(error, SMTPRecipientRefused) else BARE
    code = _enhanced(error.message) or bare.get(error.code, str(error.code))
    if isinstance(error, SMTPSenderRefused) and code not in TOO_LARGE:
        # Whatever the code: it is said of our own address, so it closes no customer's.
        said = " ".join(error.message.split())[:200].rstrip(".")
        return Misconfigured(f"Our mail server does not take our own address: {said}. {OPERATOR}", code=code)
    kind = Misconfigured if error.code in (530, 535) or code in OURS else Refused
    return kind(sentence(code, error.message), code=code)


def _temporary(status: int, said: str) -> ChannelError:
    """Read a refusal for now: of the system itself, or of us, in which case it may say how long."""
    code = _enhanced(said) or str(status)
    if code.startswith("4.3."):
        return Unreachable("The mail server takes no mail at the moment.", code=code)
    wait = WAIT.search(said)
    seconds = float(wait[1]) * (60 if wait[2].lower().startswith("m") else 1) if wait else LATER
    return Throttled(
        "The mail server asks us to come back later.", retry_after=min(seconds, 3600.0), code=code
    )


def _enhanced(said: str) -> str:
    found = ENHANCED.match(said)
    return found[1] if found else ""


def _mail_options(server: SMTP, size: int, reports: bool) -> list[str]:
    options = [f"SIZE={size}"] if server.supports_extension("size") else []
    return [*options, "RET=HDRS"] if reports else options


def _recipient_options(settings: Settings, reports: bool) -> list[str]:
    if not reports:
        return []
    return ["NOTIFY=SUCCESS,FAILURE,DELAY" if settings.ask_delivery else "NOTIFY=FAILURE,DELAY"]
