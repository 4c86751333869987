"""The LINE channel: one Official Account."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

from bots.channel import Attachment, Channel, Hook, MessageOut, Reading, Sent, Sign, Spec
from bots.errors import ChannelError, Refused, Throttled, Uncertain, Unreachable
from bots.fetching import fetch
from bots.json_body import table, tables, text
from bots.line import reading
from bots.line.codes import error_of, said_by
from bots.line.memory import Memory, ReplyToken
from bots.line.sending import objects, recipient, retry_key
from bots.line.settings import Settings
from bots.line.signature import check
from bots.line.spec import RETRY_LIFE, SPEC
from bots.provider_calls import Answer, Calls

REPLY = "/v2/bot/message/reply"
PUSH = "/v2/bot/message/push"
TYPING_SECONDS = 10
Json = dict[str, Any]


def utc_now() -> datetime:
    """Look at the clock: tokens live for less than a minute."""
    return datetime.now(UTC)


class Line(Channel):
    """One account: reads its hooks, answers with reply tokens while they live, pushes after."""

    spec: Spec = SPEC

    def __init__(self, settings: Settings, name: str, clock: Callable[[], datetime] = utc_now) -> None:
        """Open nothing; *name* is the account's section."""
        self.name = name
        self._settings = settings
        self._clock = clock
        secrets = (settings.channel_secret, settings.old_channel_secret)
        self._secrets = tuple(one.get_secret_value().encode() for one in secrets if one is not None)
        self._memory = Memory()
        self._calls = _calls(settings, settings.api_url)
        self._data = _calls(settings, settings.data_url)

    def read(self, hook: Hook) -> Reading:
        """Check the signature, translate every event, and remember the tokens that came along."""
        check(hook, self._secrets)
        found, tokens = reading.read(hook)
        self._memory.learn(tokens, hook.received_at)
        return found

    def check(self, hook: Hook) -> None:
        """Raise BadSignature unless LINE signed the hook."""
        check(hook, self._secrets)

    async def send(self, message: MessageOut) -> Sent:
        """Answer with the reply token if one lives, else push.

        A token that LINE refuses has sent nothing, so then the same message is pushed.
        """
        to = recipient(message.address)
        made = objects(message, self._memory.quote_of(message.reply_to), self._settings)
        now = self._clock()
        token = self._memory.take_reply(message.address, now) if self._settings.replies else None
        if token is not None and (sent := await self._reply(message, made, token)) is not None:
            return sent
        return await self._push(message.key, to, made)

    async def look_up(self, message: MessageOut) -> Sent | None:
        """Ask again what is harmless to ask again: a push under its key, or the same reply token.

        Raises Uncertain where this process did not ask, and so cannot know which way it went.
        """
        made = objects(message, self._memory.quote_of(message.reply_to), self._settings)
        token = self._memory.way_of(message.key)
        if token is not None:
            return await self._reply_again(message, made, token)
        if not self._memory.knows(message.key) and self._settings.replies:
            raise Uncertain("It may have left as a reply, which LINE lets nobody look up.")
        if self._clock() - message.owed_at > RETRY_LIFE:
            raise Uncertain("LINE has forgotten the key of a message so old.")
        return await self._push(message.key, recipient(message.address), made)

    async def who(self) -> str:
        """Ask LINE for the account's name."""
        answer = await self._harmless("GET", "/v2/bot/info")
        body = table(answer.body)
        return f"{text(body.get('displayName'))} ({text(body.get('basicId'))})"

    async def show(self, sign: Sign, address: str, external_id: str) -> None:
        """Show three dots for some seconds, in direct chats only, or mark a message as read.

        LINE gives a token with each message to mark it with; after a restart it is gone.
        """
        if sign == "typing":
            body = {"chatId": recipient(address), "loadingSeconds": TYPING_SECONDS}
            await self._harmless("POST", "/v2/bot/chat/loading/start", json=body)
            return
        token = self._memory.read_of(external_id)
        if not token:
            raise Refused("LINE gave no token with which this message can be marked as read.")
        await self._harmless("POST", "/v2/bot/chat/markAsRead", json={"markAsReadToken": token})

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """Stream what LINE keeps of a message, or what lies elsewhere; it forgets files after some weeks."""
        elsewhere = attachment.ref.startswith(("http://", "https://"))
        if not elsewhere and not attachment.ref.isalnum():
            raise Refused("This attachment has no file.")
        url = attachment.ref if elsewhere else f"{self._data.url}/v2/bot/message/{attachment.ref}/content"
        trusted, bearer = ((), "") if elsewhere else ((self._data.url,), self._data.authorization)
        try:
            async for chunk in fetch(url, trusted=trusted, authorization=bearer):
                yield chunk
        except Refused as error:
            if error.code == "202":
                raise Unreachable("LINE is still preparing this file.", code="202") from error
            raise

    async def stop(self) -> None:
        """Close the connections."""
        await self._calls.close()
        await self._data.close()

    async def _reply(self, message: MessageOut, made: list[Json], token: ReplyToken) -> Sent | None:
        """Use *token* once; None where LINE does not take it, with what was surely not sent given back."""
        self._memory.went(message.key, token)
        try:
            answer = await self._calls.ask("POST", REPLY, json={"replyToken": token.value, "messages": made})
            return self._replied(answer)
        except (Throttled, Unreachable):
            self._memory.give_back(message.address, token)
            raise

    async def _reply_again(self, message: MessageOut, made: list[Json], token: ReplyToken) -> Sent:
        """Use *token* a second time: refused while it lives, it was taken the first time."""
        answer = await self._calls.ask("POST", REPLY, json={"replyToken": token.value, "messages": made})
        if (sent := self._replied(answer)) is not None:
            return sent
        if not token.lives(self._clock()):
            raise Uncertain("The reply token has run out: LINE no longer tells whether it was used.")
        return Sent(external_id=f"reply:{retry_key(message.key)}")  # LINE no longer says which id it got

    def _replied(self, answer: Answer) -> Sent | None:
        if answer.status == 200:
            return _sent(answer)
        if answer.status == 400 and "invalid reply token" in said_by(answer).lower():
            return None
        raise error_of(answer)

    async def _push(self, key: str, to: str, made: list[Json]) -> Sent:
        """Push under the delivery's own key: with it, 409 says that LINE has taken it before."""
        self._memory.went(key, None)
        answer = await self._calls.ask(
            "POST", PUSH, headers={"X-Line-Retry-Key": retry_key(key)}, json={"to": to, "messages": made}
        )
        if answer.status in (200, 409):
            return _sent(answer)
        raise error_of(answer)

    async def _harmless(self, method: str, path: str, **options: Any) -> Answer:
        answer = await self._calls.ask_again(method, path, **options)
        if answer.status in (200, 202):
            return answer
        error: ChannelError = error_of(answer)
        raise Unreachable(error.reason, code=error.code) if isinstance(error, Uncertain) else error


def _sent(answer: Answer) -> Sent:
    """Take the first message's id; LINE promises it, else the request's own id stands for it."""
    ids = [text(one.get("id")) for one in tables(table(answer.body).get("sentMessages"))]
    accepted = answer.headers.get("x-line-accepted-request-id") or answer.headers.get("x-line-request-id")
    external_id = next(filter(None, ids), "") or (f"request:{accepted}" if accepted else "")
    if not external_id:
        raise Uncertain("LINE's answer has no identifier of the message.")
    return Sent(external_id=external_id, segments=max(len(ids), 1))


def _calls(settings: Settings, url: str) -> Calls:
    return Calls(
        provider="LINE", url=url, scheme="Bearer", token=settings.access_token, timeout=settings.timeout
    )
