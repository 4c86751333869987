"""Letters on trial: nobody calls, and a folder is no provider."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bots.channel import Hook
from bots.letters.addresses import address_of
from tests.bots.contract import Case

FOLDER = Path(tempfile.gettempdir()) / "tidings-letters-never-written"
ADDRESS = address_of(["Ana Sousa", "Avenida da República 12", "4000-001 Porto", "PORTUGAL"])


def sign(body: bytes) -> Hook:
    """There is nobody to sign."""
    return Hook(method="POST", url="x", headers={}, body=body, received_at=datetime(2026, 3, 1, tzinfo=UTC))


CASE = Case(
    kind="letters",
    section={"folder": FOLDER, "sender": ["Casa das Botas, Lda.", "Rua das Flores 12", "4050-262 Porto"]},
    secrets=(),
    sign=sign,
    forge=lambda hook: hook,
    real={},
    batch=None,
    unknown=None,
    garbage=(),
    address=ADDRESS,
    without={
        "hooks": "no letter comes in: every call is refused",
        "batch": "no letter comes in",
        "unknown": "no letter comes in",
        "statuses": "nobody says what became of a letter",
        "provider": "a folder is no provider; test_letters.py writes into one",
    },
)
