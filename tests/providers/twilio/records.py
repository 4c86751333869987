"""What the look-alike keeps: messages as Twilio shows them, and who texted STOP."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})


@dataclass(slots=True, kw_only=True)
class Stored:
    """One message at the provider; *created* has no fractions of a second, as Twilio's has none."""

    sid: str
    account_sid: str
    to: str
    from_: str | None
    body: str
    direction: str
    status: str
    num_segments: str
    media_urls: list[str] = field(default_factory=list)
    service: str | None = None
    callback: str = ""
    error_code: int | None = None
    free: bool = True
    created: datetime

    def shown(self) -> dict[str, Any]:
        """Show it as the API's JSON does."""
        path = f"/2010-04-01/Accounts/{self.account_sid}/Messages/{self.sid}"
        created = format_datetime(self.created)
        waits = self.status in ("accepted", "queued", "scheduled")
        return {
            "account_sid": self.account_sid,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": created,
            "date_sent": None if waits else created,
            "date_updated": created,
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": None,
            "from": self.from_,
            "messaging_service_sid": self.service,
            "num_media": str(len(self.media_urls)),
            "num_segments": self.num_segments,
            "price": None,
            "price_unit": None,
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{path}/Media.json"},
            "to": self.to,
            "uri": f"{path}.json",
        }


def new_sid(prefix: str) -> str:
    """Make an identifier as Twilio's: two letters and 32 hexadecimal digits."""
    return prefix + uuid4().hex


def seconds_now() -> datetime:
    """Give this second."""
    return datetime.now(UTC).replace(microsecond=0)
