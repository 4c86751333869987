"""Every page and door of the house under its address."""

from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.web import Application

from inbox import health, media_door
from inbox.api.doors import Api
from inbox.chat.routes import routes as chat_routes
from inbox.desk.web.routes import routes as desk_routes
from inbox.door import Door
from inbox.headers import always
from inbox.preferences.routes import routes as preference_routes
from inbox.style.sheets import routes as style_routes

if TYPE_CHECKING:
    from inbox.app import App

FORM_BYTES = 1_000_000  # beside the largest file


def site(app: "App") -> Application:
    """Put every page and door under its address."""
    made = Application(client_max_size=app.settings.attachment_bytes + FORM_BYTES)
    made.on_response_prepare.append(always(app.settings.public_url))
    door = Door(
        accept=app.accept,
        public_url=app.settings.public_url,
        largest=app.settings.hook_bytes,
        clock=app.clock,
        larger={name: channel.spec.hook_bytes for name, channel in app.channels.items()},
        open_ones=[name for name, channel in app.channels.items() if channel.spec.kind == "webchat"],
        proxies=app.settings.proxies,
    )
    made.add_routes(door.routes())
    made.add_routes(media_door.routes(app.database, app.media))
    made.add_routes(health.routes(app))
    made.add_routes(style_routes())
    made.add_routes(chat_routes(app))
    made.add_routes(preference_routes(app))
    made.add_routes(Api(app).routes())
    made.add_routes(desk_routes(app))
    if app.slack is not None:
        made.add_routes(app.slack.routes())
    made.on_response_prepare.append(partial(_farewell, app))
    return made


async def _farewell(app: "App", _request: web.Request, response: web.StreamResponse) -> None:
    """Let nobody keep the connection to a house that stops: what they send next would find it closed."""
    if app.stopping:
        response.force_close()
        response.headers["Connection"] = "close"
