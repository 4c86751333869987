"""What the look-alike keeps of messages."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

Json = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Stored:
    """A message of ours at Meta; *lost* ones reach nobody."""

    id: str
    to: str
    body: Json
    lost: bool = False

    @property
    def kind(self) -> str:
        return str(self.body.get("type", "text"))

    @property
    def words(self) -> str:
        part = self.body[self.kind]
        return str(part.get("body") or part.get("caption") or "")


def new_wamid() -> str:
    """Make an identifier as Meta's."""
    return "wamid." + b64encode(uuid4().bytes + uuid4().bytes).decode()
