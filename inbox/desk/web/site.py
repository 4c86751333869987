"""The browser face of the desk: what its pages are made with, and one visit to them."""

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bots.comparing import is_one_of
from inbox.assets import Assets
from inbox.desk.act import Ground
from inbox.desk.auditing import Door
from inbox.desk.operations import Desk
from inbox.desk.web import places, times, words
from inbox.desk.web.tries import Tries
from inbox.paces import Paces
from inbox.style.formatting import FILTERS
from inbox.style.sheets import sheets
from storage.rows import Agent

if TYPE_CHECKING:
    from inbox.app import App

HERE = Path(__file__).parent
OURS = {"Cross-Origin-Resource-Policy": "same-origin"}
LARGEST_KEY = 2**63 - 1


def key_of(text: str) -> int | None:
    """Read a key of the tables; None for what cannot be one."""
    if not text.isdecimal() or len(text) > 19:
        return None
    return key if (key := int(text)) <= LARGEST_KEY else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads a page, when and where: instants become words for them."""

    agent: Agent
    now: datetime
    zone: ZoneInfo

    def clock(self, at: datetime) -> str:
        """14:35."""
        return times.clock(at, self.zone)

    def stamp(self, at: datetime) -> str:
        """Give the full instant, for a title."""
        return times.stamp(at, self.zone)

    def waited(self, since: datetime) -> str:
        """Say how long somebody waits."""
        return times.waited(since, self.now)

    def listed(self, at: datetime) -> str:
        """Say when in a list."""
        return times.listed(at, self.now, self.zone)

    def moment(self, at: datetime) -> str:
        """Say when, with its clock."""
        return times.moment(at, self.now, self.zone)

    def day(self, at: datetime) -> str:
        """Name the day between messages."""
        return times.day(at, self.now, self.zone)

    def date(self, at: datetime) -> str:
        """2026-11-24, in the reader's zone."""
        return at.astimezone(self.zone).date().isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What every page needs: the house, the templates, the files that pages load."""

    app: "App"
    pages: Environment
    assets: Assets
    paces: Paces = field(default_factory=Paces)
    tries: Tries = field(default_factory=Tries)

    def render(self, name: str, **values: Any) -> str:
        """Render the template *name*."""
        return self.pages.get_template(name).render(**values)

    @property
    def secure(self) -> bool:
        """Whether the world reaches us over https."""
        return self.app.settings.public_url.startswith("https://")

    def csrf(self, mark: str) -> str:
        """Return the token of the forms of the session called *mark*: only who has our key can make it."""
        return self._csrfs(mark)[-1]

    def is_csrf(self, token: object, mark: str) -> bool:
        """Whether *token* is one of that session's forms, made with the secret of today or the one before."""
        given = token.encode("utf-8", "replace") if isinstance(token, str) else b""
        return is_one_of(given, (one.encode() for one in self._csrfs(mark)))

    def _csrfs(self, mark: str) -> list[str]:
        keys = self.app.settings.secret_keys or ("",)
        told = b"desk csrf " + mark.encode()
        return [hmac.new(key.encode(), told, hashlib.sha256).hexdigest() for key in keys]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of an agent who is signed in; *mark* names their session, whose *token* changes."""

    site: Site
    request: web.Request
    agent: Agent
    token: str
    mark: str
    now: datetime
    ip: str = ""

    @property
    def ground(self) -> Ground:
        """What this agent's acts stand on: the house's, with the door by which they came."""
        return replace(self.app.ground, door=Door(face="browser", ip=self.ip))

    @property
    def desk(self) -> Desk:
        """What agents can do, by this door."""
        return Desk(self.ground)

    @property
    def app(self) -> "App":
        """The house."""
        return self.site.app

    @property
    def reader(self) -> Reader:
        """The agent, at this moment, in their zone."""
        return Reader(agent=self.agent, now=self.now, zone=times.zone_of(self.agent.zone))

    @property
    def csrf(self) -> str:
        """What this session's forms carry."""
        return self.site.csrf(self.mark)

    @property
    def wants_json(self) -> bool:
        """Whether a script asked, which mends the page itself instead of loading another."""
        return "application/json" in self.request.headers.get("Accept", "")

    def page(self, name: str, *, status: int = 200, **values: Any) -> web.Response:
        """Answer with the template *name*."""
        text = self.site.render(
            name,
            me=self.agent,
            at=self.reader,
            csrf=self.csrf,
            app_name=self.app.settings.business,
            told=self.app.policies.said if self.agent.role == "admin" else (),
            **values,
        )
        return web.Response(text=text, content_type="text/html", status=status)

    def part(self, name: str, **values: Any) -> str:
        """Render a fragment by the template of the page."""
        return self.site.render(name, me=self.agent, at=self.reader, csrf=self.csrf, **values)


def make(app: "App") -> Site:
    """Prepare the templates, which escape whatever they are given, and read the files that pages load."""
    assets = Assets(HERE / "static", "/desk/static", headers=OURS)
    pages = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters.update(FILTERS)
    pages.globals.update(
        static=assets.link,
        style=sheets().link,
        views=words.VIEWS,
        places=places.PLACES,
        keys=places.KEYS,
        tiers=words.TIERS,
        file_names=words.FILES,
        size=words.size,
        initials=words.initials,
    )
    return Site(app=app, pages=pages, assets=assets)
