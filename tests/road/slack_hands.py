"""An agent's hands in Slack, over the look-alike's control API: what they press, fill in and read."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.road.processes import Told, until

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """One person at Slack."""

    slack: Told
    person: str

    async def posts(self, place: str) -> list[Json]:
        """Everything in a Slack channel, oldest first."""
        return list(await self.slack.get(f"posts?channel={place}"))

    async def post(self, place: str, words: str, *, under: Json | None = None) -> Json:
        """Wait for a post that holds *words*, a card unless it stands *under* one."""
        root = under["ts"] if under is not None else None

        async def found() -> Json | None:
            every = await self.posts(place)
            return next((one for one in every if _stands(one, root) and words in one["text"]), None)

        return dict(await until(found))

    async def types(self, card: Json, text: str) -> None:
        """Write in the card's thread."""
        await self._does("types", where=_at(card), text=text)

    async def clicks(self, post: Json, action: str, value: str | None = None) -> None:
        """Press a button of a post, or choose in its menu."""
        await self._does("clicks", surface=_at(post), action_id=action, value=value)

    async def asks(self, text: str, place: str) -> Json:
        """Type a command; returns how it was answered."""
        return dict(await self._does("slash", line=f"/tidings {text}", channel=place))

    async def sheet(self, callback: str, having: str = "") -> Json:
        """Wait for a modal that is filled: it has a submit button, and holds *having*."""

        async def open_one() -> Json | None:
            view = (await self.slack.get(f"people/{self.person}"))["view"]
            there = view and view["callback_id"] == callback and view.get("submit")
            return view if there and having in str(view["blocks"]) else None

        try:
            return dict(await until(open_one))
        except AssertionError:
            seen = await self.slack.get(f"people/{self.person}")
            raise AssertionError(f"no {callback}: {seen['view'] or seen['ephemerals'][-1:]}") from None

    async def submits(self, view: Json, values: Mapping[str, Any]) -> Json:
        """Fill the modal in and send it."""
        return dict(await self._does("submits", view={"view": view["id"]}, values=dict(values)))

    async def picks(self, view: Json, block: str, typed: str) -> str:
        """Search in a list of the modal; returns the first that is offered."""
        offered = await self._does("picks", surface={"view": view["id"]}, action_id=block, typed=typed)
        assert offered, f"nothing is offered for {typed!r}"
        return str(offered[0]["value"])

    async def chooses(self, view: Json, block: str, value: str) -> None:
        """Choose in a list that answers at once."""
        await self._does("clicks", surface={"view": view["id"]}, action_id=block, value=value)

    async def menu(self, card: Json, what: str) -> None:
        """Choose a deed in the conversation's menu."""
        await self.clicks(card, "more", "More…")
        await self.submits(await self.sheet("tidings_menu"), {"what": what})

    async def _does(self, verb: str, **how: Any) -> Any:
        return await self.slack.post(f"people/{self.person}/{verb}", **how)


async def holds(claim: Callable[[], Awaitable[bool]]) -> None:
    """Wait until a claim is true."""
    assert await until(claim)


def _stands(post: Json, root: str | None) -> bool:
    above = post.get("thread_ts")
    return above == root if root is not None else above in (None, post["ts"])


def _at(post: Json) -> Json:
    return {"channel": post["channel"], "ts": post["ts"]}
