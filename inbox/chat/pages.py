"""The customer's page as HTML, and what every answer of the chat carries for safety."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from jinja2 import Environment, FileSystemLoader

from inbox.assets import Assets
from inbox.chat.files import ACCEPT
from inbox.chat.shown import initials
from inbox.chat.words import LANGUAGES, accepted, spoken, words
from inbox.style.formatting import FILTERS
from inbox.style.sheets import sheets

HERE: Final = Path(__file__).parent
OPEN: Final = {"Cross-Origin-Resource-Policy": "cross-origin"}  # the widget's script is for other sites
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self'; "
    "connect-src 'self'; font-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors {}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One page to make: for whom, in which language, framed or not, with what on it.

    *page* is the path of the visitor's own page, empty for who is no customer yet.
    """

    language: str
    framed: bool
    form_key: str = ""
    messages: Sequence[dict[str, Any]] = ()
    page: str = ""
    text: str = ""
    problem: str = ""
    status: int = 200


class Pages:
    """Makes the pages of one chat."""

    def __init__(self, *, business: str, hook: str, limits: dict[str, Any], about: dict[str, str]) -> None:
        """Read templates and assets once; *hook* is the path that the page posts to."""
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        self._environment.filters.update(FILTERS, initials=initials)
        self._business = business
        self._hook = hook
        self._limits = limits
        self._about = about
        self.assets = Assets(HERE / "static", "/chat/static", headers=OPEN, otherwise="public, max-age=300")
        self._environment.globals.update(static=self.assets.link, style=sheets().link)

    def page(self, wanted: Wanted, *, ways: Sequence[Any], sites: Sequence[str]) -> web.Response:
        """Make the page; only the allowed *sites* may frame it, and only its framed form."""
        speech = words(wanted.language)
        html = self._environment.get_template("chat.html").render(
            wanted=wanted,
            words=speech,
            script_words=json.dumps(speech, ensure_ascii=False),
            languages=LANGUAGES,
            business=self._business,
            about=self._about.get(wanted.language) or speech["lead"].format(business=self._business),
            hook=self._hook,
            limits=self._limits,
            ways=ways,
            sites=json.dumps(list(sites)),
            accept=ACCEPT,
            message_id=secrets.token_hex(16),
        )
        ancestors = " ".join(("'self'", *sites)) if wanted.framed else "'none'"
        headers = {
            "Content-Security-Policy": POLICY.format(ancestors),
            "Cache-Control": "no-store",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "Vary": "Accept-Language, Cookie",
        }
        return web.Response(text=html, content_type="text/html", status=wanted.status, headers=headers)


def language_of(request: web.Request, otherwise: str) -> str:
    """Choose the language: asked for in the address, chosen before, or the browser's."""
    asked = [request.query.get("lang", ""), request.cookies.get("tidings_language", "")]
    return spoken([*asked, *accepted(request.headers.get("Accept-Language", ""))], otherwise)
