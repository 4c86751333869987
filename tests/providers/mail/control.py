"""The control API for tests in other processes, under /_control.

POST /_control/deliver  {base64} or {from, subject, text, to?, headers?: {}} -> {uid}: a customer writes
POST /_control/bounce   {message_id, action?, status?, said?} -> {uid}: report on a mail that was sent
POST /_control/refuse   {address, reply}: answer RCPT so; address "data": the end; an empty reply ends it
GET  /_control/sent     -> [{from, to, subject, message_id, in_reply_to, headers, text, base64}]
GET  /_control/mailbox  -> [{uid, flags}]
     /_control/faults   see tests.providers.faults; paths are /smtp and /imap/<COMMAND>
"""

from base64 import b64decode, b64encode
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import Any

from aiohttp import web

from tests.providers.mail.state import ADDRESS, Handed, MailState


def letter(
    sender: str, subject: str, text: str, to: str = ADDRESS, headers: dict[str, str] | None = None
) -> bytes:
    """Write a plain mail as a customer's program would."""
    mail = EmailMessage(policy=SMTP)
    given = {
        "From": sender,
        "To": to,
        "Subject": subject,
        "Date": format_datetime(datetime.now(UTC)),
        "Message-ID": make_msgid(domain="customer.example"),
    } | (headers or {})
    for name, value in given.items():
        mail[name] = value
    mail.set_content(text)
    return mail.as_bytes()


class Control:
    """The routes of the control API."""

    def __init__(self, state: MailState) -> None:
        self.state = state

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/_control/deliver", self.deliver),
            web.post("/_control/bounce", self.bounce),
            web.post("/_control/refuse", self.refuse),
            web.get("/_control/sent", self.sent),
            web.get("/_control/mailbox", self.mailbox),
        ]

    async def deliver(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if "base64" in asked:
            raw = b64decode(asked["base64"])
        else:
            raw = letter(
                asked["from"], asked["subject"], asked["text"], asked.get("to", ADDRESS), asked.get("headers")
            )
        return web.json_response({"uid": self.state.deliver(raw)})

    async def bounce(self, request: web.Request) -> web.Response:
        asked: dict[str, str] = await request.json()
        wanted = asked.pop("message_id").strip("<>")
        for handed in self.state.sent:
            if str(handed.mail["Message-ID"]).strip("<>") == wanted:
                return web.json_response({"uid": self.state.bounce(handed, **asked)})
        raise web.HTTPNotFound

    async def refuse(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.state.refusals.pop(asked["address"], None)
        if asked["reply"]:
            self.state.refusals[asked["address"]] = asked["reply"]
        return web.json_response({})

    async def sent(self, request: web.Request) -> web.Response:
        return web.json_response([shown(one) for one in self.state.sent])

    async def mailbox(self, request: web.Request) -> web.Response:
        return web.json_response([{"uid": one.uid, "flags": sorted(one.flags)} for one in self.state.letters])


def shown(handed: Handed) -> dict[str, Any]:
    mail = handed.mail
    return {
        "from": handed.sender,
        "to": list(handed.to),
        "subject": str(mail["Subject"]),
        "message_id": str(mail["Message-ID"]),
        "in_reply_to": str(mail["In-Reply-To"] or ""),
        "headers": {name: str(value) for name, value in mail.items()},
        "text": handed.text,
        "base64": b64encode(handed.raw).decode(),
    }
