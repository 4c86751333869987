"""What customers write calls nobody in Slack and links nowhere but where it says."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from storage.batch import Batch, Said
from tests.attack.injecting import CORPUS, gist
from tests.inbox.desk.slack.bureau import Bureau, bureau

LIVE = re.compile(r"<([!@#][^>|]*|[a-z][a-z0-9+.-]*:[^>|]*)", re.IGNORECASE)
CALLS = ("chat.postMessage", "chat.update", "views.publish", "views.open", "files.completeUploadExternal")
SAFE_LINKS = re.compile(r"(https?://|mailto:|tel:)", re.IGNORECASE)
PEOPLE = 40
PATIENCE = 50.0


async def _said(made: Bureau) -> None:
    """Let forty customers say the corpus, each under a hostile name and subject."""
    batch, now = Batch(), made.now()
    for number, words in enumerate(CORPUS):
        who = number % PEOPLE
        batch.said.append(
            Said(
                hook_id=made.house.database.ids.next(),
                channel="paper",
                address=f"paper:{who}",
                external_id=f"{number}",
                text=words,
                subject=" ".join(CORPUS[-1 - number].split())[:100],
                sender_name=" ".join(CORPUS[who * 4].split())[:100],
                sent_at=now,
                received_at=now,
            )
        )
    applying = made.house.accept.applying
    await applying.keeper.keep(batch, applying.rules)
    made.ring()


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            value = orjson.loads(value)
        except ValueError:
            return
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _dicts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _dicts(each)


def _live(made: Bureau, arguments: dict[str, Any]) -> list[str]:
    """List what in a call would call somebody, or link somewhere, that is not ours."""
    ours = {f"@{made.ana.id}", f"@{made.rui.id}"}
    texts = [str(arguments.get("text") or ""), str(arguments.get("initial_comment") or "")]
    found = []
    for one in _dicts({key: value for key, value in arguments.items() if key != "text"}):
        kind = one.get("type")
        if kind == "mrkdwn":
            texts.append(one["text"])
        elif kind in ("user", "usergroup", "broadcast", "channel") and "style" not in one:
            found += [str(one)] if f"@{one.get('user_id')}" not in ours else []
        elif "url" in one and not SAFE_LINKS.match(str(one["url"])):
            found.append(str(one))
    for text in texts:
        tokens = LIVE.findall(text)
        found += [token for token in tokens if token not in ours and not _is_ours(token)]
    return found


def _is_ours(token: str) -> bool:
    return token.startswith(("!date^", "http://x/", "https://tidings.slack.com/"))


async def test_no_word_of_a_customer_calls_somebody_or_lies_about_a_link(tmp_path: Path) -> None:
    async with bureau(tmp_path) as made:
        await _said(made)
        waiting = "SELECT count(*) FROM deliveries WHERE lane = 'slack' AND state NOT IN ('sent', 'dropped')"
        await made.until_row(waiting, is_=0, seconds=PATIENCE)
        stuck = await made.house.rows(
            "SELECT state, reason, count(*) FROM deliveries WHERE lane = 'slack' GROUP BY 1, 2"
        )
        assert {state for state, _, _ in stuck} == {"sent"}, stuck
        asked = [call for method in CALLS for call in made.slack.called(method)]
        assert [live for call in asked for live in _live(made, call.arguments)] == []
        posts = [call.arguments for call in made.slack.called("chat.postMessage")]
        assert len(posts) >= PEOPLE
        assert {str(one.get("unfurl_links")).lower() for one in posts} == {"false"}
        shown = "".join(_as_json(one["blocks"]) for one in posts if one.get("thread_ts"))
        assert [words for words in CORPUS if _as_json(words) not in shown] == []


def _as_json(value: Any) -> str:
    """Write what Slack is told without lines' ends, which preformatted words lose at their edges."""
    return gist(orjson.dumps(value).decode().replace("\\n", "").strip('"'))


def test_a_call_that_is_live_would_be_found() -> None:
    class Person:
        id = "U1"

    made: Any = type("Made", (), {"ana": Person, "rui": Person})
    assert _live(made, {"text": "<!channel> <@U2> <@U1> &lt;!here&gt; <https://canary.invalid|bank>"}) == [
        "!channel",
        "@U2",
        "https://canary.invalid",
    ]
    assert _live(made, {"blocks": [{"elements": [{"type": "broadcast", "range": "channel"}]}]})
    assert _live(made, {"blocks": '[{"type": "link", "url": "javascript:alert(1)"}]'})
