"""The door of the Web API: read the arguments, check, perhaps fail, do, answer."""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from tests.providers.slack.faults import Fault, spoil, throttled
from tests.providers.slack.methods import METHODS, check_scope, misuse
from tests.providers.slack.state import Json, SlackError

if TYPE_CHECKING:
    from tests.providers.slack.server import SlackLookAlike

_NESTED = ("blocks", "attachments", "metadata", "files", "view")  # JSON inside a form or query


@dataclass(slots=True, kw_only=True)
class Call:
    """One call the app made: what, when (seconds of the clock), and how it was answered."""

    method: str
    arguments: Json
    when: float
    accepted: bool = False
    status: int = 0
    answer: Json = field(default_factory=dict)
    fault: Fault | None = None


async def answer_call(slack: "SlackLookAlike", request: web.Request) -> web.StreamResponse:
    """One call of `/api/<method>`."""
    name = request.match_info["method"]
    args, token = await _arguments(request)
    call = Call(method=name, arguments=args, when=slack.clock.now())
    slack.calls.append(call)
    slack.space.touch()
    wrong = misuse(name, args)
    if wrong:
        slack.mistakes.append(wrong)
    call.fault = fault = slack.faults.take(name, args)
    if fault and not fault.accepted:
        if fault.kind == "delay":
            await slack.clock.sleep(fault.seconds)
        else:
            return await spoil(request, fault, {})
    if not fault and name in METHODS and (wait := _wait(slack, name, args)):
        call.status = 429
        return throttled(wait)
    body = _carried_out(slack, call, token, wrong)
    call.status, call.answer = 200, body
    slack.space.touch()
    if fault and fault.accepted:
        if fault.kind == "delay":
            await slack.clock.sleep(fault.seconds)
        return await spoil(request, fault, body)
    return web.json_response(body)


def _wait(slack: "SlackLookAlike", name: str, args: Json) -> int:
    return slack.limits.wait(name, METHODS[name].per_minute, str(args.get("channel", "")))


def _carried_out(slack: "SlackLookAlike", call: Call, token: str, wrong: str) -> Json:
    try:
        if wrong:
            unknown = call.method not in METHODS
            raise SlackError("unknown_method" if unknown else "invalid_arguments", detail=wrong)
        _check_token(slack, call.method, token)
        check_scope(slack.space, METHODS[call.method], call.arguments)
        body = METHODS[call.method].run(slack.space, call.arguments)
    except SlackError as error:
        return {"ok": False, "error": error.code, **error.extra}
    call.accepted = True
    return {"ok": True, **body}


def _check_token(slack: "SlackLookAlike", method: str, token: str) -> None:
    if not token:
        raise SlackError("not_authed")
    if slack.space.auth_error:
        raise SlackError(slack.space.auth_error)
    if token not in (slack.bot_token, slack.app_token):
        raise SlackError("invalid_auth")
    if (token == slack.app_token) != (method == "apps.connections.open"):
        raise SlackError("not_allowed_token_type")


async def _arguments(request: web.Request) -> tuple[Json, str]:
    args: Json = dict(request.query)
    if request.method == "POST":
        if request.content_type == "application/json":
            raw = await request.read()
            args |= json.loads(raw) if raw else {}
        else:
            args |= dict(await request.post())
    for key in _NESTED:
        if isinstance(args.get(key), str):
            args[key] = json.loads(args[key])
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    given = str(args.pop("token", ""))
    return args, (token if scheme == "Bearer" else given)
