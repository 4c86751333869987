"""The look-alike from another process: a JSON API under /_control.

GET  state · posts?channel=&thread_ts= · calls?method= · mistakes · people/<id>
POST channels {name, private} · people {name, email, ...} · people/<id>/<verb> {...} · office/<verb> {...}
     faults {method, kind, ...} · limits {on} or {method, seconds, channel} · clock {advance}
     subscribe {events, interactivity} · sockets/<disconnect|drop|refuse> {reason}
A message is {"channel": C, "ts": ts}; a surface may also be {"ephemeral": ts}, {"view": V} or {"home": true}.
"""

import base64
import inspect
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.providers.slack.faults import Fault
from tests.providers.slack.people import Person
from tests.providers.slack.shapes import message_json, view_json
from tests.providers.slack.state import Handed, Json, Message, SlackError, View

if TYPE_CHECKING:
    from tests.providers.slack.server import SlackLookAlike

_GESTURES = "clicks submits closes picks slash shortcut"
_DEEDS = "types edits deletes reacts unreacts uploads opens_home joins leaves"
_OFFICE = (
    "archive unarchive rename share remove_bot invite_bot change_account unfurl other_bot_posts "
    "revoke_tokens uninstall"
)
VERBS = frozenset(f"{_DEEDS} {_GESTURES}".split())
OFFICE = frozenset(_OFFICE.split())
_SURFACES = ("where", "message", "surface", "view", "thread")


def control_routes(slack: "SlackLookAlike") -> list[web.AbstractRouteDef]:
    """The routes under /_control."""

    def route(do: Callable[["SlackLookAlike", web.Request, Json], Awaitable[Any]]) -> Any:
        async def answer(request: web.Request) -> web.Response:
            body = await request.json() if request.can_read_body else {}
            try:
                return web.json_response(await do(slack, request, body))
            except (AssertionError, SlackError, KeyError, TypeError, ValueError) as error:
                return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)

        return answer

    return [
        web.get("/_control/state", route(_state)),
        web.get("/_control/posts", route(_posts)),
        web.get("/_control/calls", route(_calls)),
        web.get("/_control/mistakes", route(_mistakes)),
        web.get("/_control/people/{id}", route(_sees)),
        web.post("/_control/channels", route(_channel)),
        web.post("/_control/people", route(_person)),
        web.post("/_control/people/{id}/{verb}", route(_does)),
        web.post("/_control/office/{verb}", route(_office)),
        web.post("/_control/faults", route(_fault)),
        web.post("/_control/limits", route(_limits)),
        web.post("/_control/clock", route(_clock)),
        web.post("/_control/subscribe", route(_subscribe)),
        web.post("/_control/sockets/{verb}", route(_sockets)),
    ]


def shown(slack: "SlackLookAlike", message: Message) -> Json:
    """A message with what only a test sees: earlier texts, where it is, the bytes' sizes."""
    return message_json(slack.space, message, metadata=True) | {
        "channel": message.channel,
        "edits": message.edits,
        "ephemeral_for": message.ephemeral_for,
    }


async def _state(slack: "SlackLookAlike", request: web.Request, body: Json) -> Json:
    space = slack.space
    return {
        "url": slack.url,
        "team_id": slack.team_id,
        "bot_user": space.bot_user,
        "bot_id": space.bot_id,
        "bot_token": slack.bot_token,
        "app_token": slack.app_token,
        "signing_secret": slack.signing_secret,
        "channels": {c.name: c.id for c in space.channels.values() if not c.direct},
        "people": {a.name: a.id for a in space.accounts.values() if not a.bot},
        "sockets": len(slack.sockets.open),
        "connects": slack.sockets.connects,
        "calls": len(slack.calls),
        "events": len(slack.events),
    }


async def _posts(slack: "SlackLookAlike", request: web.Request, body: Json) -> list[Json]:
    messages = slack.posts(request.query["channel"], request.query.get("thread_ts"))
    return [shown(slack, message) for message in messages]


async def _calls(slack: "SlackLookAlike", request: web.Request, body: Json) -> list[Json]:
    method = request.query.get("method")
    return [
        {"method": c.method, "arguments": c.arguments, "when": c.when, "status": c.status, "answer": c.answer}
        for c in slack.calls
        if method in (None, c.method)
    ]


async def _mistakes(slack: "SlackLookAlike", request: web.Request, body: Json) -> list[str]:
    return slack.mistakes


async def _sees(slack: "SlackLookAlike", request: web.Request, body: Json) -> Json:
    person = slack.person(request.match_info["id"])
    return {
        "ephemerals": [shown(slack, m) for m in person.ephemerals],
        "view": view_json(slack.space, person.view) if person.view else None,
        "home": view_json(slack.space, person.home) if person.home else None,
    }


async def _channel(slack: "SlackLookAlike", request: web.Request, body: Json) -> Json:
    return {"id": slack.add_channel(**body)}


async def _person(slack: "SlackLookAlike", request: web.Request, body: Json) -> Json:
    return {"id": slack.add_person(**body).id}


async def _does(slack: "SlackLookAlike", request: web.Request, body: Json) -> Any:
    person, verb = slack.person(request.match_info["id"]), request.match_info["verb"]
    if verb not in VERBS:
        raise ValueError(f"nobody {verb} here")
    if "content" in body:
        body["content"] = base64.b64decode(body["content"])
    return _told(slack, await getattr(person, verb)(**_found(slack, person, body)))


async def _office(slack: "SlackLookAlike", request: web.Request, body: Json) -> Any:
    verb = request.match_info["verb"]
    if verb not in OFFICE:
        raise ValueError(f"the office does not {verb}")
    return _told(slack, getattr(slack, verb)(**_found(slack, None, body)))


async def _fault(slack: "SlackLookAlike", request: web.Request, body: Json) -> Json:
    slack.fault(body.pop("method"), Fault(**body))
    return {}


async def _limits(slack: "SlackLookAlike", request: web.Request, body: Json) -> Json:
    if "on" in body:
        slack.limits.on = bool(body["on"])
    else:
        slack.limits.block(body["method"], body["seconds"], body.get("channel", ""))
    return {}


async def _clock(slack: "SlackLookAlike", request: web.Request, body: Json) -> Json:
    slack.clock.advance(float(body.get("advance", 0)))
    return {"now": slack.clock.now()}


async def _subscribe(slack: "SlackLookAlike", request: web.Request, body: Json) -> Json:
    await slack.subscribe(**body)
    return {}


async def _sockets(slack: "SlackLookAlike", request: web.Request, body: Json) -> Json:
    match request.match_info["verb"]:
        case "disconnect":
            await slack.sockets.disconnect(**body)
        case "drop":
            slack.sockets.drop()
        case "refuse":
            slack.sockets.refusing = str(body.get("reason", ""))
        case other:
            raise ValueError(f"sockets do not {other}")
    return {}


def _found(slack: "SlackLookAlike", person: Person | None, body: Json) -> Json:
    return {
        key: _surface(slack, person, value) if key in _SURFACES and isinstance(value, dict) else value
        for key, value in body.items()
    }


def _surface(slack: "SlackLookAlike", person: Person | None, named: Json) -> Message | View:
    if "view" in named:
        return slack.space.views[named["view"]]
    if "home" in named and person is not None and person.home is not None:
        return person.home
    if "ephemeral" in named:
        return next(m for m in slack.space.ephemerals if m.ts == named["ephemeral"])
    return slack.post(named["channel"], named["ts"])


def _told(slack: "SlackLookAlike", outcome: Any) -> Any:
    assert not inspect.isawaitable(outcome)
    match outcome:
        case Message():
            return shown(slack, outcome)
        case Handed():
            return {"status": outcome.status, "body": outcome.body}
        case None:
            return {}
        case _:
            return outcome
