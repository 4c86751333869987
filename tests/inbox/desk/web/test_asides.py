"""What other tools sent, calls and subjects, as the browser shows them."""

import re

from tests.inbox.desk.web.house import House


def words(page: str) -> str:
    """What stands on a page, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


async def test_what_another_tool_sent_says_so_and_cannot_be_changed(house: House) -> None:
    await house.sign_in()
    talk = await house.conversation(owner="tiago")
    await house.said(talk, "Hello?")
    await house.said(talk, "From the phone", "out", nature="echo", status="sent")
    page = await house.page(f"/desk/c/{talk}")
    assert "Sent with another tool" in words(page)
    assert "From the phone" in page
    assert "Change or take back" not in page


async def test_an_echo_does_not_run_on_from_an_answer_of_ours(house: House) -> None:
    await house.sign_in()
    talk = await house.conversation()
    await house.said(talk, "A rule said this", "out", status="sent")
    await house.said(talk, "Another tool said this", "out", nature="echo", status="sent")
    shown = words(await house.page(f"/desk/c/{talk}"))
    assert re.search(r"Our side .* A rule said this .* Sent with another tool .* Another tool said", shown)


async def test_a_subject_stands_above_its_words_and_is_not_taken_for_html(house: House) -> None:
    await house.sign_in()
    talk = await house.conversation()
    await house.said(talk, "Where is it?", subject="Order <b>A1</b>")
    page = await house.page(f"/desk/c/{talk}")
    assert "Order &lt;b&gt;A1&lt;/b&gt;" in page
    assert page.index("Order &lt;b&gt;") < page.index('<div class="words">Where is it?')


async def test_the_timeline_tells_calls_echoes_and_subjects(house: House) -> None:
    await house.sign_in()
    talk = await house.conversation("Ana")
    await house.said(talk, "They called, 3 min 20 s", nature="call")
    await house.said(talk, "We called, 5 s", "out", nature="call")
    await house.said(talk, "From the phone", "out", nature="echo", status="sent")
    await house.said(talk, "Where is it?", subject="Order A1")
    row = await house.row(talk)
    shown = words(await house.page(f"/desk/customer/{row.customer_id}"))
    for line in (
        "Ana called, 3 min 20 s",
        "We called, 5 s",
        "Sent with another tool on Web chat",
        "Ana on Web chat: Order A1",
    ):
        assert line in shown


async def test_a_stop_of_marketing_is_told_as_what_it_is(house: House) -> None:
    await house.sign_in()
    talk = await house.conversation()
    await house.happened(talk, "stopped", source="provider", marketing=True)
    shown = words(await house.page(f"/desk/c/{talk}"))
    assert "The customer wants no marketing; answers may still be sent" in shown
    assert "nothing more is sent" not in shown


async def test_formatting_is_shown_and_what_it_holds_is_not_taken_for_html(house: House) -> None:
    await house.sign_in()
    talk = await house.conversation()
    await house.said(talk, "*<b>now</b>* and `<i>`, 2*3*4")
    page = await house.page(f"/desk/c/{talk}")
    assert "<strong>&lt;b&gt;now&lt;/b&gt;</strong> and <code>&lt;i&gt;</code>, 2*3*4" in page
    assert "<b>now" not in page
