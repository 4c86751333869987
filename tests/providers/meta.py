"""What look-alikes of Meta's channels share: signed hooks, and errors as the Graph API writes them."""

import json
from hmac import digest
from typing import Any
from uuid import uuid4

from aiohttp import web

from tests.providers.faults import Fault

Json = dict[str, Any]


def signed(value: Json, secret: str) -> tuple[bytes, dict[str, str]]:
    r"""Write a hook as Meta does (``\uXXXX`` and ``\/``), with the signature over these very bytes."""
    body = json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode()
    mac = digest(secret.encode(), body, "sha256").hex()
    return body, {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={mac}"}


def error(
    status: int, code: int, message: str, *, subcode: int | None = None, details: str = ""
) -> web.Response:
    """Answer as the Graph API does when it refuses."""
    told: Json = {"message": f"(#{code}) {message}", "type": "OAuthException", "code": code}
    if subcode is not None:
        told["error_subcode"] = subcode
    if details:
        told["error_data"] = {"messaging_product": "whatsapp", "details": details}
    return web.json_response({"error": {**told, "fbtrace_id": uuid4().hex[:22]}}, status=status)


def throttled(fault: Fault) -> web.Response:
    """Answer 429 as the Graph API does."""
    response = error(429, 80007, "Rate limit issues")
    response.headers["Retry-After"] = str(fault.retry_after)
    return response


def is_ours(request: web.Request, token: str) -> bool:
    """Say whether a request bears *token*, and only in its header."""
    return request.headers.get("Authorization") == f"Bearer {token}" and token not in request.path_qs


def stranger() -> web.Response:
    """Answer whoever bears another token."""
    return error(401, 190, "Invalid OAuth access token - Cannot parse access token", subcode=463)


def unknown(name: str) -> web.Response:
    """Answer for an object that is not there, or not ours."""
    return error(
        400,
        100,
        f"Unsupported get request. Object with ID '{name}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation",
        subcode=33,
    )
