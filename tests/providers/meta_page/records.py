"""What the look-alike keeps: customers, messages, comments; and how Meta says no."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from aiohttp import web

Kind = Literal["page", "instagram"]


@dataclass(slots=True, kw_only=True)
class Customer:
    """Somebody with an id of this account's; *last_said* opens the window."""

    id: str
    name: str = ""
    last_said: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Stored:
    """A message of a conversation; *body* is what was asked where it came by the API."""

    id: str
    customer: str
    ours: bool
    text: str = ""
    at: datetime
    files: list[str] = field(default_factory=list)
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Comment:
    """A comment under *post*, or an answer to the comment *parent*."""

    id: str
    author: str
    name: str
    text: str
    post: str
    parent: str
    at: datetime
    answered: bool = False
    url: str = ""


class No(Exception):
    """A refusal: *code*, *subcode* and words as Meta says them."""

    def __init__(self, code: int, words: str, *, subcode: int = 0, status: int = 400) -> None:
        super().__init__(words)
        self.code, self.words, self.subcode, self.status = code, words, subcode, status

    def response(self) -> web.Response:
        """Answer as Meta does when it refuses."""
        said: dict[str, Any] = {
            "message": f"(#{self.code}) {self.words}",
            "type": "OAuthException",
            "code": self.code,
            "fbtrace_id": "AtRaCe0",
        }
        if self.subcode:
            said["error_subcode"] = self.subcode
        return web.json_response({"error": said}, status=self.status)
