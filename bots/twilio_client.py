"""Twilio's own client with a time-out, and its exceptions translated into ours."""

import json
import logging
from base64 import b64encode
from typing import Any

from aiohttp import ClientConnectorError, ClientError, ConnectionTimeoutError
from twilio.base.exceptions import (  # type: ignore[import-untyped]
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.base.version import Version  # type: ignore[import-untyped]
from twilio.http.async_http_client import AsyncTwilioHttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from bots.errors import ChannelError, Misconfigured, Refused, Throttled, Uncertain, Unreachable
from bots.twilio_codes import COMMON, Codes, sentence
from bots.twilio_settings import TwilioSettings

CALL_ERRORS = (TwilioException, ClientError, OSError, ValueError, TypeError, AttributeError, KeyError)
"""What a call may raise: TimeoutError is an OSError, and an answer of another shape gives the last four."""

SILENT = logging.Logger("bots.twilio_client", logging.CRITICAL)
"""The library logs numbers and headers at INFO; this logger is bound to nothing and says nothing."""


class PatientClient(AsyncTwilioHttpClient):  # type: ignore[misc]
    """The library's HTTP client, made to keep its time-out.

    In twilio 9.13 the asynchronous client keeps the time-out it is given and never uses it: a call
    then waits for ever. It also drops Retry-After, hands aiohttp its credentials in a way that is
    going away, and keeps the last request, with the token, in an attribute.
    """

    def __init__(self, codes: Codes, timeout: float) -> None:
        """Keep the table of *codes* that names a 429, and the *timeout* in seconds."""
        super().__init__(timeout=timeout, logger=SILENT)
        self.codes = codes

    async def request(self, method: str, url: str, **options: Any) -> Response:
        """Ask within the time-out; raises TimeoutError, and Throttled for an answer 429."""
        options["timeout"] = options.get("timeout") or self.timeout
        pair = options.pop("auth", None)
        if pair is not None:
            basic = b64encode(":".join(pair).encode()).decode()
            options["headers"] = {**(options.get("headers") or {}), "Authorization": f"Basic {basic}"}
        try:
            response = await super().request(method, url, **options)
        finally:
            self._test_only_last_request = None
        if response.status_code == 429:
            raise _throttled(response, self.codes)
        return response


def _throttled(response: Response, codes: Codes) -> Throttled:
    wait = response.headers.get("Retry-After", "")
    try:
        code = int(json.loads(response.text)["code"])
    except (ValueError, TypeError, KeyError):
        code = 429
    reason = codes.get(code, COMMON[20429])[1]
    return Throttled(reason, retry_after=float(wait) if wait.isdecimal() else None, code=str(code))


def open_client(settings: TwilioSettings, codes: Codes) -> tuple[Client, PatientClient]:
    """Make the client; call it inside the running loop, where its connections belong."""
    http = PatientClient(codes, settings.timeout)
    client = Client(settings.account_sid, settings.auth_token.get_secret_value(), http_client=http)
    client.api.base_url = settings.base_url
    return client, http


def translated(error: Exception, codes: Codes, *, harmless: bool = False) -> ChannelError:
    """Say what *error* means; *harmless* calls change nothing, so an unheard answer is just Unreachable."""
    unheard = Unreachable if harmless else Uncertain
    match error:
        case TwilioRestException() | TwilioServiceException():
            return _answered(error, codes, unheard)
        case TwilioException(args=(_, Response() as response)):
            # A page of a list that is an error comes as the bare class with the response beside it.
            return _answered(Version.exception("GET", "", response, ""), codes, unheard)
        case ClientConnectorError() | ConnectionTimeoutError():
            return Unreachable("Twilio cannot be reached.")
        case TimeoutError():
            return unheard("Twilio did not answer in time.")
        case ClientError() | OSError():
            return unheard("The connection to Twilio was cut before its answer came.")
        case _:
            return unheard("Twilio's answer was not one.")


def _answered(error: Any, codes: Codes, unheard: type[ChannelError]) -> ChannelError:
    """Translate an answer that is an error: by its code where the table has it, else by its status."""
    status = int(error.status)
    code = str(error.code or status)
    kind, reason = codes.get(int(code) if code.isdecimal() else 0, (None, ""))
    if kind is not None:
        return kind(reason, code=code)
    if status in (401, 403):
        return Misconfigured(COMMON[20003][1], code=code)
    if status == 503:
        return Unreachable(COMMON[20503][1], code=code)
    if status >= 500 or status < 400:
        return unheard(f"Twilio answered {status}: it may have taken the message or not.", code=code)
    words = str(getattr(error, "msg", "") or getattr(error, "detail", "") or "")
    words = words.removeprefix("Unable to create record").removeprefix(":").strip()
    return Refused(sentence(codes, code, words), code=code)
