"""The hooks of Meta's apps (WhatsApp, Messenger, Instagram): who signed them, and what they hold.

Source: https://developers.facebook.com/docs/graph-api/webhooks/getting-started
"""

from collections.abc import Sequence
from hmac import compare_digest, digest
from typing import Final
from urllib.parse import parse_qs, urlsplit

from bots.channel import Hook, Reading, Response
from bots.comparing import is_one_of
from bots.errors import BadSignature, Malformed
from bots.json_body import Json, table_of_body

HEADER: Final = "x-hub-signature-256"
PREFIX: Final = "sha256="
MOST_QUERY: Final = 20


def check(hook: Hook, secrets: Sequence[bytes], verify_token: bytes) -> None:
    """Raise BadSignature unless one of the app's *secrets* signed *hook*, or a GET knows *verify_token*."""
    if hook.method.upper() == "GET":
        challenge(hook, verify_token)
    elif not is_signed(hook, secrets):
        raise BadSignature("X-Hub-Signature-256 does not fit the body and the app secret.")


def is_signed(hook: Hook, secrets: Sequence[bytes]) -> bool:
    """Say whether one of *secrets* signed the raw body; an empty secret signs nothing."""
    given = hook.headers.get(HEADER, "").strip().lower()
    if not given.startswith(PREFIX):
        return False
    said = given.removeprefix(PREFIX).encode("utf-8", "replace")
    wanted = (digest(secret, hook.body, "sha256").hex().encode() for secret in secrets if secret)
    return is_one_of(said, wanted)


def challenge(hook: Hook, verify_token: bytes) -> Reading:
    """Answer the question by which Meta makes sure that an address is ours; raises BadSignature."""
    try:
        asked = parse_qs(urlsplit(hook.url).query, max_num_fields=MOST_QUERY)
    except ValueError as error:
        raise Malformed("The query cannot be read.") from error
    said = asked.get("hub.verify_token", [""])[0].encode("utf-8", "replace")
    if asked.get("hub.mode") != ["subscribe"] or not verify_token:
        raise BadSignature("The request is neither signed nor a subscription.")
    if not compare_digest(said, verify_token):
        raise BadSignature("hub.verify_token is not the one of the settings.")
    return Reading(response=Response(body=asked.get("hub.challenge", [""])[0]))


def entries(hook: Hook, secrets: Sequence[bytes], verify_token: bytes) -> tuple[str, list[Json]]:
    """Give the object (`page`, `instagram`…) and the entries of a signed POST, cleaned for any database.

    Raises BadSignature, or Malformed for what is not Meta's envelope. An entry that is no object is left out.
    """
    check(hook, secrets, verify_token)
    value = table_of_body(hook.body)
    found = value.get("entry")
    if not isinstance(found, list):
        raise Malformed("The JSON has no list of entries.")
    return str(value.get("object", "")), [entry for entry in found if isinstance(entry, dict)]
