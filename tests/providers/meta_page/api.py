"""The Graph API's side: messages, signs, reactions, comments, conversations, who the token is."""

from itertools import count
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError, web

from tests.providers.faults import Fault
from tests.providers.meta_page.records import Comment, No, Stored
from tests.providers.meta_page.rules import check_message, check_private, check_shape, check_window

if TYPE_CHECKING:
    from tests.providers.meta_page.server import MetaPageLookAlike


def throttled(fault: Fault) -> web.Response:
    """Answer as Meta does when calls come too fast."""
    response = No(613, "Calls to this api have exceeded the rate limit.", status=429).response()
    response.headers["Retry-After"] = str(fault.retry_after)
    return response


class Api:
    """The routes over the look-alike's records."""

    def __init__(self, meta: "MetaPageLookAlike") -> None:
        self.meta = meta
        self.numbers = count(1)

    def routes(self) -> list[web.RouteDef]:
        root = "/{version:v[0-9]+\\.[0-9]+}"
        return [
            web.get(f"{root}/me", self.answering(self.me)),
            web.post(f"{root}/me/messages", self.answering(self.message)),
            web.get(f"{root}/me/conversations", self.answering(self.conversations)),
            web.post(f"{root}/{{comment}}/{{edge:comments|replies}}", self.answering(self.answer)),
            web.get(f"{root}/{{comment}}/{{edge:comments|replies}}", self.answering(self.answers)),
            web.get("/media/{name}", self.medium),
        ]

    def answering(self, act: Any) -> Any:
        """Check the token first, and say No as Meta does."""

        async def answer(request: web.Request) -> web.Response:
            try:
                if request.headers.get("Authorization") != f"Bearer {self.meta.token}":
                    raise No(190, "Invalid OAuth access token.", status=401)
                return web.json_response(await act(request))
            except No as no:
                return no.response()

        return answer

    async def me(self, request: web.Request) -> dict[str, str]:
        known = {"id": self.meta.account_id, "name": self.meta.name, "username": self.meta.username}
        if self.meta.kind == "instagram":  # its `id` holds in this app alone: hooks bear the other
            known |= {"id": "990011", "user_id": self.meta.account_id}
        asked = request.query.get("fields", "id,name").split(",")
        if set(asked) - known.keys():
            raise No(100, "Tried accessing nonexisting field")
        return {name: known[name] for name in asked}

    async def message(self, request: web.Request) -> dict[str, str]:
        meta, body = self.meta, await request.json()
        meta.requests.append(body)
        check_shape(body)
        recipient = body["recipient"]
        person = recipient.get("id", "")
        if person in meta.refusals:
            code, subcode = meta.refusals[person]
            raise No(code, "This person isn't available right now.", subcode=subcode)
        if "sender_action" in body:
            check_window(meta.customers.get(person), {"tag": "HUMAN_AGENT"}, meta.kind, meta.now())
            meta.actions.append(body)
            return {"recipient_id": person}
        check_message(body["message"], meta.kind)
        if "comment_id" in recipient:
            comment = meta.comments.get(recipient["comment_id"])
            check_private(comment, meta.now())
            assert comment is not None
            comment.answered, person = True, meta.know(comment.author).id
        else:
            if body.get("tag") and not meta.human_agent:
                raise No(10, "Application does not have permission for this action")
            check_window(meta.customers.get(person), body, meta.kind, meta.now())
        stored = await self.stored(person, body)
        meta.messages.append(stored)
        meta.after(stored)
        if meta.tells_first:
            await meta.settled()
        return {"recipient_id": person, "message_id": stored.id}

    async def stored(self, person: str, body: dict[str, Any]) -> Stored:
        """Keep what was said; a file is fetched now, as Meta does."""
        message = body["message"]
        kept = Stored(
            id=f"m_{next(self.numbers):04d}",
            customer=person,
            ours=True,
            text=message.get("text", ""),
            at=self.meta.now(),
            body=body,
        )
        if "attachment" in message:
            url = message["attachment"]["payload"]["url"]
            kept.files.append(url)
            if self.meta.fetches:
                self.meta.fetched[url] = await self.fetched(url)
        return kept

    async def fetched(self, url: str) -> bytes:
        assert self.meta.session is not None
        try:
            async with self.meta.session.get(url) as response:
                if response.status == 200:
                    return await response.read()
        except (ClientError, OSError):
            pass
        raise No(100, "Failed to fetch the file from the url", subcode=2018008)

    async def conversations(self, request: web.Request) -> dict[str, Any]:
        meta = self.meta
        platform = "messenger" if meta.kind == "page" else "instagram"
        person = request.query.get("user_id", "")
        if request.query.get("platform") != platform or "messages.limit(" not in request.query["fields"]:
            raise No(100, "Invalid parameter")
        said = [one for one in reversed(meta.messages) if one.customer == person][:25]
        if not said:
            return {"data": []}
        return {"data": [{"id": "t_1", "messages": {"data": [shown(one, meta.account_id) for one in said]}}]}

    async def answer(self, request: web.Request) -> dict[str, str]:
        meta, body = self.meta, await request.json()
        root = meta.comments.get(request.match_info["comment"])
        if root is None or request.match_info["edge"] != self.edge:
            raise No(100, "Object does not exist", subcode=33)
        text, url = body.get("message", ""), body.get("attachment_url", "")
        if not (text or url) or body.keys() - {"message", "attachment_url"}:
            raise No(100, "Invalid parameter")
        if meta.kind == "instagram" and (url or not text):
            raise No(100, "The parameter message is required")
        made = Comment(
            id=f"{root.post}_{9000 + next(self.numbers)}",
            author=meta.account_id,
            name=meta.username or meta.name,
            text=text,
            post=root.post,
            parent=root.id,
            at=meta.now(),
            url=url,
        )
        meta.comments[made.id] = made
        return {"id": made.id}

    async def answers(self, request: web.Request) -> dict[str, Any]:
        root, meta = request.match_info["comment"], self.meta
        if root not in meta.comments or request.match_info["edge"] != self.edge:
            raise No(100, "Object does not exist", subcode=33)
        under = [one for one in reversed(meta.comments.values()) if one.parent == root]
        words, when = ("text", "timestamp") if meta.kind == "instagram" else ("message", "created_time")
        return {
            "data": [
                {"id": one.id, words: one.text, when: stamp(one.at), "from": {"id": one.author}}
                for one in under
            ]
        }

    @property
    def edge(self) -> str:
        return "replies" if self.meta.kind == "instagram" else "comments"

    async def medium(self, request: web.Request) -> web.Response:
        content_type, content = self.meta.media[request.match_info["name"]]
        return web.Response(body=content, content_type=content_type)


def shown(one: Stored, account: str) -> dict[str, Any]:
    """Show a message as the conversations do."""
    said: dict[str, Any] = {
        "id": one.id,
        "created_time": stamp(one.at),
        "from": {"id": account if one.ours else one.customer},
        "message": one.text,
    }
    if one.files:
        said["attachments"] = {"data": [{"id": "1", "file_url": url} for url in one.files]}
    return said


def stamp(at: Any) -> str:
    """Write a time as Meta does, without fractions."""
    return str(at.strftime("%Y-%m-%dT%H:%M:%S+0000"))
