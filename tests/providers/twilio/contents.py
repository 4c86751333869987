"""The Content API: templates, their approvals, and what they become when they are sent."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aiohttp import encode_basic_auth, web

from tests.providers.twilio.records import new_sid

if TYPE_CHECKING:
    from tests.providers.twilio.server import TwilioLookAlike

DATE = "2026-01-15T10:00:00Z"


def template(
    name: str, language: str, body: str, variables: Mapping[str, str] | None = None, status: str = "approved"
) -> dict[str, Any]:
    """Make a text template; *variables* are its places with their examples."""
    sid = new_sid("HX")
    asked = {"name": name, "category": "UTILITY", "content_type": "twilio/text", "status": status}
    return {
        "sid": sid,
        "account_sid": "",
        "friendly_name": name,
        "language": language,
        "variables": dict(variables or {}),
        "types": {"twilio/text": {"body": body}},
        "date_created": DATE,
        "date_updated": DATE,
        "url": f"https://content.twilio.com/v1/Content/{sid}",
        "links": {},
        "approval_requests": {**asked, "rejection_reason": "", "allow_category_change": True},
    }


def rendered(content: Mapping[str, Any], variables: str) -> str:
    """Write the template's words with the values in their places."""
    words: str = content["types"]["twilio/text"]["body"]
    for name, value in {**content["variables"], **json.loads(variables or "{}")}.items():
        words = words.replace("{{" + name + "}}", value)
    return words


class Contents:
    """The routes of the Content API."""

    def __init__(self, twilio: "TwilioLookAlike") -> None:
        self.twilio = twilio

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v1/Content", self.plain),
            web.get("/v1/ContentAndApprovals", self.with_approvals),
            web.post("/_control/contents", self.add),
        ]

    async def plain(self, request: web.Request) -> web.Response:
        return self.listed(request, {"approval_requests"})

    async def with_approvals(self, request: web.Request) -> web.Response:
        return self.listed(request, {"url", "links"})

    def listed(self, request: web.Request, hidden: set[str]) -> web.Response:
        wanted = encode_basic_auth(self.twilio.account_sid, self.twilio.auth_token)
        if request.headers.get("Authorization") != wanted:
            body = {"code": 20003, "message": "Authenticate", "more_info": "", "status": 401}
            return web.json_response(body, status=401)
        size, page = int(request.query.get("PageSize", "50")), int(request.query.get("Page", "0"))
        known = self.twilio.contents
        part = known[page * size : (page + 1) * size]
        place = f"{self.twilio.base_url}{request.path}?PageSize={size}&Page="
        onward = f"{place}{page + 1}" if len(known) > (page + 1) * size else None
        own = {"account_sid": self.twilio.account_sid}
        shown = [{k: v for k, v in (one | own).items() if k not in hidden} for one in part]
        meta = {
            "page": page,
            "page_size": size,
            "first_page_url": f"{place}0",
            "previous_page_url": None,
            "url": f"{place}{page}",
            "next_page_url": onward,
            "key": "contents",
        }
        return web.json_response({"contents": shown, "meta": meta})

    async def add(self, request: web.Request) -> web.Response:
        """Take {name, language, body, variables?, status?} and give the new template's sid."""
        made = template(**await request.json())
        self.twilio.contents.append(made)
        return web.json_response({"sid": made["sid"]})
