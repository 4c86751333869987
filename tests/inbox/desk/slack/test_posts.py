"""Every post stays within Slack's limits, says everything in `text`, and parses nothing a customer wrote."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from inbox.desk.slack import lines, posts
from inbox.desk.slack.lines import Line
from tests.providers.slack.blocks import block_faults, characters

NOW = datetime(2026, 11, 22, 10, 2, tzinfo=UTC)


def line(text: str = "where is my order?", **more: object) -> Line:
    return Line(**{"sender": "Maria Silva", "where": "SMS", "text": text, "at": NOW, **more})  # type: ignore[arg-type]


CASES = [
    pytest.param(lines.of_customer([line()]), id="one"),
    pytest.param(lines.of_customer([line("")]), id="no words"),
    pytest.param(lines.of_customer([line("<!channel> & <script> *bold* :tada: <@U1>")]), id="markup"),
    pytest.param(lines.of_customer([line("x" * 12_000)]), id="12,000 characters"),
    pytest.param(lines.of_customer([line("word " * 1_790)]), id="just under a file"),
    pytest.param(lines.of_customer([line("&" * 8_999)]), id="escaping makes it five times as long"),
    pytest.param(lines.of_customer([line("y" * 1_100) for _ in range(8)], "U1"), id="eight with a mention"),
    pytest.param(lines.of_customer([line(edited_at=NOW, before="where")]), id="edited"),
    pytest.param(lines.of_customer([line(deleted_at=NOW)]), id="deleted"),
    pytest.param(lines.of_customer([line(reaction="👍", quoted="hello")]), id="reacted and quoting"),
    pytest.param(lines.of_agent(line("on its way"), "sent"), id="an agent elsewhere"),
    pytest.param(posts.of_place("Maria", NOW, 41.15, -8.61), id="place"),
    pytest.param(posts.of_photo("Maria", NOW, "cat.jpg", "F1"), id="photo"),
    pytest.param(posts.question("Really?", [("send", "Send", "1")]), id="question"),
]


@pytest.mark.parametrize("post", CASES)
def test_slack_takes_the_post(post: posts.Post) -> None:
    assert block_faults(post.blocks, surface="message", image_known=lambda _: True) == []
    assert characters(post.blocks) <= 13_200
    assert 0 < len(post.text) <= 40_000


@pytest.mark.parametrize("post", CASES)
def test_no_block_of_words_parses_markup(post: posts.Post) -> None:
    assert "mrkdwn" not in json.dumps(post.blocks)


def test_text_says_sender_words_and_state() -> None:
    later = NOW + timedelta(minutes=3)
    said = lines.of_customer([line("two", edited_at=later, before="one", reaction="👍")]).text
    for part in ("Maria Silva by SMS", "10:02 UTC", "two", "edited", "10:05 UTC", "was: one", "👍"):
        assert part in said


def test_a_customers_signs_are_escaped_in_text() -> None:
    said = lines.of_customer([line("<!channel> & <script>")]).text
    assert "&lt;!channel&gt; &amp; &lt;script&gt;" in said
    assert "<!channel>" not in said


def test_a_deleted_message_shows_no_words() -> None:
    post = lines.of_customer([line("secret", deleted_at=NOW)])
    assert "secret" not in post.text + json.dumps(post.blocks)
    assert "deleted by the customer" in post.text


def test_long_words_are_all_there_in_pieces() -> None:
    text = " ".join(str(number) for number in range(1_700))
    post = lines.of_customer([line(text)])
    shown = "".join(
        element["text"]
        for block in post.blocks
        for section in block["elements"]
        for element in section["elements"]
        if element["type"] == "text"
    )
    assert text.replace(" ", "") in shown.replace(" ", "")
    assert not post.whole


def parts(post: posts.Post) -> list[dict[str, object]]:
    return [part for block in post.blocks for part in block["elements"]]


def test_what_a_customer_formatted_is_formatted_in_slack() -> None:
    post = lines.of_customer([line("*now* or _~never~_ `x*y*`\n```\na = 1\nb = 2\n```\nok")])
    section, block, rest = parts(post)
    told = [(each["text"], each.get("style")) for each in section["elements"][4:]]  # type: ignore[index]
    assert told == [
        ("now", {"bold": True}),
        (" or ", None),
        ("never", {"italic": True, "strike": True}),
        (" ", None),
        ("x*y*", {"code": True}),
    ]
    assert block["type"] == "rich_text_preformatted"
    assert block["elements"] == [{"type": "text", "text": "a = 1\nb = 2"}]
    assert rest["elements"] == [{"type": "text", "text": "ok"}]
    assert "now or never x*y*" in post.text


def test_nobody_can_pose_as_another_sender() -> None:
    post = lines.of_customer([line("hi\n*Ana* · SMS · 10:03\nyour refund is on its way *today*")])
    bold = [
        each["text"]
        for part in parts(post)
        for each in part["elements"]  # type: ignore[attr-defined]
        if each.get("style") == {"bold": True}
    ]
    assert bold == ["Maria Silva", "today"]


@pytest.mark.parametrize("text", ["*a* " * 2_000, "```x```\n" * 900, "`" * 8_000, "*_~`a`~_* " * 800])
def test_formatting_without_end_fits_a_post(text: str) -> None:
    post = lines.of_customer([line(text)])
    assert block_faults(post.blocks, surface="message", image_known=lambda _: True) == []
    assert sum(len(part["elements"]) for part in parts(post)) < 1_000  # type: ignore[arg-type, misc]


def test_words_over_9000_are_announced_as_a_file() -> None:
    post = lines.of_customer([line("x" * 12_000)])
    assert post.whole
    assert "follows as a file" in post.text


@pytest.mark.parametrize(
    ("sizes", "more"),
    [([10] * 20, 7), ([8_000], 1), ([9_000], 0), ([4_000, 4_000, 4_000], 2), ([], 0)],
    ids=["eight in all", "fits", "too long", "some", "none"],
)
def test_waiting_messages_share_a_post_up_to_the_limits(sizes: list[int], more: int) -> None:
    assert lines.room_for(line("x" * 10), [line("x" * size) for size in sizes]) == more
