"""Claims about what the desk's pages show, and what a customer's words can never do there."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from config.settings import load
from inbox.policies import Policies
from storage import desk as questions
from tests.inbox.desk.web.house import MIN, NOW, House

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'\"></a></li></template><script>alert(1)</script>",
    "{{ 7 * 7 }}{% for x in y %}",
    "javascript:alert(1)",
    "\u202egnp.exe",
    "</title><script>alert(1)</script>",
]


def rows(page: str) -> list[str]:
    return re.findall(r'<span class="row-name"><bdi>(.*?)</bdi>', page)


async def test_the_queue_shows_who_waits_longest_first_then_who_wrote_last(desk: House) -> None:
    for name, since in (("Second", 4), ("First", 18), ("Third", 1)):
        await desk.conversation(name, owner="tiago", waiting_since=NOW - since * MIN)
    for name, last in (("Older", 90), ("Newer", 10)):
        await desk.conversation(name, owner="tiago", waiting_since=None, last_at=NOW - last * MIN)
    await desk.conversation("Later", owner="tiago", state="snoozed", snoozed_until=NOW + timedelta(days=1))
    await desk.conversation("Done", owner="tiago", state="resolved")
    page = await desk.page("/desk")
    assert rows(page) == ["First", "Second", "Third", "Later", "Newer", "Older"]
    assert "18 min" in page
    assert "Set aside until Wed 14:40" in page
    assert 'Waiting for us, <span data-word="here">3</span>' in page


@pytest.mark.parametrize(
    ("view", "names"),
    [
        ("mine", ["mine"]),
        ("unassigned", ["nobody's"]),
        ("team", ["hers", "mine", "nobody's"]),
        ("all", ["elsewhere", "hers", "mine", "nobody's"]),
        ("no such view", ["mine"]),
    ],
)
async def test_each_view_shows_its_own(desk: House, view: str, names: list[str]) -> None:
    await desk.conversation("mine", owner="tiago")
    await desk.conversation("hers", owner="helena")
    await desk.conversation("nobody's")
    await desk.conversation("elsewhere", team="shop", owner="helena")
    page = await desk.page(f"/desk?view={view}")
    assert sorted(row.replace("&#39;", "'") for row in rows(page)) == names
    counts = dict(re.findall(r'<span class="count" data-word="(\w+)">(\d+)</span>', page))
    assert counts == {"mine": "1", "unassigned": "1", "team": "3"}


async def test_a_long_queue_is_paged_and_every_row_is_on_one_page(desk: House) -> None:
    for number in range(questions.PAGE + 3):
        await desk.conversation(f"w{number:02d}", owner="tiago", waiting_since=NOW - (90 - number) * MIN)
        await desk.conversation(
            f"g{number:02d}", owner="tiago", waiting_since=None, last_at=NOW - (90 - number) * MIN
        )
    first = await desk.page("/desk")
    later = re.search(r'href="(/desk\?view=mine&amp;after=[^"]+)"', first)
    earlier = re.search(r'href="(/desk\?view=mine&amp;before=[^"]+)"', first)
    assert later
    assert earlier
    assert [name for name in rows(first) if name[0] == "w"] == [f"w{n:02d}" for n in range(questions.PAGE)]
    second = rows(await desk.page(later[1].replace("&amp;", "&")))
    assert [name for name in second if name[0] == "w"] == ["w25", "w26", "w27"]
    third = rows(await desk.page(earlier[1].replace("&amp;", "&")))
    assert [name for name in third if name[0] == "g"] == ["g02", "g01", "g00"]


@pytest.mark.parametrize("edge", ["x", "1", "9" * 40 + ".1", "1." + "9" * 19, ".", "1.x"])
async def test_an_unreadable_page_edge_is_the_first_page(desk: House, edge: str) -> None:
    await desk.conversation("Marta", owner="tiago")
    assert rows(await desk.page(f"/desk?after={edge}&before={edge}")) == ["Marta"]


async def test_an_empty_queue_says_what_is_true(desk: House) -> None:
    page = await desk.page("/desk")
    assert "Nobody is waiting for you." in page
    assert "New messages show up" in page


async def test_a_conversation_shows_all_that_was_said_in_one_log(desk: House) -> None:
    key = await desk.conversation("Marta", owner="tiago", tier="platinum", language="pt")
    await desk.said(key, "Bom dia", sent_at=NOW - timedelta(days=4))
    await desk.happened(key, "assigned", "tiago", to="Tiago Ramos", reasons=["fewest open", "longest idle"])
    await desk.said(key, "A tampa partiu", sent_at=NOW - 11 * MIN)
    await desk.said(key, "send the lid", "note", "helena", sent_at=NOW - 9 * MIN)
    await desk.said(key, "Lamento", "out", "tiago", status="read", status_at=NOW - 5 * MIN)
    page = await desk.page(f"/desk/c/{key}")
    order = [
        page.index(words, page.index('id="talk"'))
        for words in (
            *("Friday 20 November", "Bom dia", ">Today<", "Given to you: fewest open, longest idle"),
            *("A tampa partiu", "Note from Helena Prates", "send the lid", "Lamento", "Read 14:35"),
        )
    ]
    assert order == sorted(order)
    assert "Platinum" in page
    assert "Portuguese" in page
    assert "only our team sees this" in page


async def test_sender_and_mark_stand_once_a_run(desk: House) -> None:
    key = await desk.conversation(owner="tiago")
    for text in ("one", "two", "three"):
        await desk.said(key, text, "out", "tiago", status="sent", status_at=NOW)
    await desk.said(key, "later", "out", "tiago", status="sent", status_at=NOW, sent_at=NOW)
    page = await desk.page(f"/desk/c/{key}")
    assert page.count('<p class="who"><b><bdi>You</bdi></b>') == 2, "five minutes break a run"
    assert page.count("<span>Sent 14:40</span>") == 2


async def test_what_was_not_sent_says_why_and_what_can_be_done(desk: House) -> None:
    key = await desk.conversation(owner="tiago")
    failed = await desk.stuck(key, "failed", reason="the customer blocked this bot")
    perhaps = await desk.stuck(key, "perhaps")
    page = await desk.page(f"/desk/c/{key}")
    assert "Not sent: the customer blocked this bot" in page
    assert f"/desk/m/{failed}/resend" in page
    assert f"/desk/m/{failed}/arrived" not in page
    assert f"/desk/m/{perhaps}/arrived" in page
    owed = await desk.page("/desk/owed")
    assert owed.count('class="stuck"') == 2
    assert "the customer blocked this bot" in owed


async def test_an_earlier_stretch_of_a_long_log_has_an_address(desk: House) -> None:
    key = await desk.conversation(owner="tiago")
    for number in range(65):
        await desk.said(key, f"word {number:03d}")
    page = await desk.page(f"/desk/c/{key}")
    assert "word 064" in page
    assert "word 004" not in page
    earlier = re.search(rf'href="(/desk/c/{key}\?view=mine&amp;before=\d+)"', page)
    assert earlier
    before = await desk.page(earlier[1].replace("&amp;", "&"))
    assert "word 004" in before
    assert "word 005" not in before
    assert "&amp;c=" not in before, "a stretch of the past is not live"


@pytest.mark.parametrize(
    "path", ["/desk/c/9999999999999999999", "/desk/c/x", "/desk/c/-1", "/desk/static/.."]
)
async def test_what_cannot_be_an_address_is_not_found(desk: House, path: str) -> None:
    await desk.page(path, 404)


@pytest.mark.parametrize("key", ["9" * 19, "9" * 40, "x", "²", "-1", ""])
async def test_an_unreadable_stretch_is_the_latest(desk: House, key: str) -> None:
    conversation = await desk.conversation(owner="tiago")
    await desk.said(conversation, "hello")
    assert ">hello<" in await desk.page(f"/desk/c/{conversation}?before={key}")
    assert "Everything was sent" in await desk.page(f"/desk/owed?before={key}")


@pytest.mark.parametrize("path", ["/desk/c/99", "/desk/c/99/customer"])
async def test_a_conversation_that_is_not_there_is_said_so(desk: House, path: str) -> None:
    assert "This conversation is not here" in await desk.page(path, 404)


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
async def test_what_a_customer_wrote_is_only_text(desk: House, words: str) -> None:
    key = await desk.conversation(words, owner="tiago", last_text=words, language="zz-<b>")
    message = await desk.said(key, words, sender_name=words, reaction=words[:8], text_before=words)
    await desk.said(key, words, "note", "helena")
    await desk.attach(message, data=b"<script>alert(1)</script>", name=words, content_type="text/html")
    await desk.attach(message, state="refused", name=words, reason=words)
    await desk.happened(key, "resolved", "helena", reason=words)
    await desk.stuck(key, "failed", text=words, reason=words)
    for path in ("/desk", f"/desk/c/{key}", f"/desk/c/{key}/customer", "/desk/owed", f"/desk/find?q={words}"):
        page = await desk.page(path)
        assert page.count("<script") == page.count('<script type="module" src="/desk/static/')
        assert "<img src=x" not in page
        assert "onerror=" not in page.replace("onerror=alert(1)&gt;", "")
        assert 'href="javascript' not in page
        assert ">49<" not in page


async def test_a_file_from_a_customer_is_fetched_and_never_run(desk: House) -> None:
    key = await desk.conversation(owner="tiago")
    message = await desk.said(key, "")
    await desk.attach(message, data=b"<script>alert(1)</script>", name="a.html", content_type="text/html")
    page = await desk.page(f"/desk/c/{key}")
    link = re.search(r'href="(/media/[^"]+)" download', page)
    assert link
    answer = await desk.client.get(link[1])
    assert answer.status == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.content_type == "application/octet-stream"


@pytest.mark.parametrize(
    "text",
    ["", "👍", "x" * 80, "رنا الحسيني", "注文番号", "a\n\nb", "\u200b", "w " * 5000],
    ids=["empty", "emoji", "a word of 80", "Arabic", "Japanese", "lines", "nothing to see", "long"],
)
async def test_any_words_make_a_row_and_a_line(desk: House, text: str) -> None:
    key = await desk.conversation("N" * 60, owner="tiago")
    await desk.said(key, text)
    assert await desk.page("/desk")
    page = await desk.page(f"/desk/c/{key}")
    assert text.strip() in page


async def test_finding_looks_in_names_and_addresses_and_takes_words_as_they_are(desk: House) -> None:
    await desk.conversation("Marta Figueiredo")
    await desk.conversation("50% off", channel="sms")
    assert rows(await desk.page("/desk/find?q=figuei")) == ["Marta Figueiredo"]
    assert rows(await desk.page("/desk/find?q=912000")) == ["50% off"]
    assert rows(await desk.page("/desk/find?q=50%25")) == ["50% off"]
    assert "Nobody and nothing found" in await desk.page("/desk/find?q=%25%25")


async def test_the_panel_shows_addresses_consent_and_other_conversations(desk: House) -> None:
    key = await desk.conversation("Jorge", channel="sms", stopped_at=NOW - timedelta(days=20), owner="tiago")
    page = await desk.page(f"/desk/c/{key}/customer")
    assert "+351 912 000" in page
    assert "stopped 4 Nov" in page
    assert "said stop" in page, "the box says why no answer can leave"


async def test_looking_reads_for_the_owner_and_for_nobody_else(desk: House) -> None:
    mine = await desk.conversation(owner="tiago", unread=2)
    hers = await desk.conversation(owner="helena", unread=2)
    for key in (mine, hers):
        await desk.page(f"/desk/c/{key}")
    assert ((await desk.row(mine)).unread, (await desk.row(hers)).unread) == (0, 2)


async def test_static_files_are_kept_by_the_mark_of_their_bytes(desk: House) -> None:
    page = await desk.page("/desk")
    link = re.search(r'href="(/desk/static/desk\.css\?v=\w+)"', page)
    assert link
    answer = await desk.client.get(link[1])
    assert "immutable" in answer.headers["Cache-Control"]
    bare = await desk.client.get("/desk/static/desk.css")
    assert bare.headers["Cache-Control"] == "no-cache"
    again = await desk.client.get("/desk/static/desk.css", headers={"If-None-Match": bare.headers["ETag"]})
    assert again.status == 304


async def test_the_first_page_is_light(desk: House) -> None:
    for number in range(20):
        await desk.conversation(f"Customer number {number}", owner="tiago", last_text="some words " * 5)
    page = await desk.page("/desk")
    sheets = re.findall(r'href="(/(?:desk/static|style)/[^"]+\.css[^"]*)"', page)
    assert len(sheets) == 6
    weight = len(page.encode()) + sum([len(await (await desk.client.get(s)).read()) for s in sheets])
    assert weight < 84_000


async def test_an_admin_reads_that_the_configuration_is_not_what_holds_and_others_do_not(
    desk: House, tmp_path: Path
) -> None:
    file = tmp_path / "tidings.toml"
    file.write_text("")
    settings = load(file, {}).model_copy(update={"policy": desk.app.policies.now})
    object.__setattr__(desk.app.ground, "policies", Policies(settings))
    file.write_text('[answering]\nunknown_tier = "<b>"\n')
    assert [await desk.app.policies.turn(), await desk.app.policies.turn()] == [False, False]
    for page in ("/desk", "/desk/owed"):
        told = await desk.page(page)
        assert "The configuration is not what holds." in told
        assert f"{file}:2: answering.unknown_tier" in told
        assert "<b>" not in told.partition(str(file))[2].partition("</p>")[0]
    await desk.sign_in("helena")
    assert "not what holds" not in await desk.page("/desk")
