"""The timeline in Slack: opened from the profile and from the menu, in pages, nothing in it is markup."""

from inbox.desk.slack.sheets.timeline import PAGE
from tests.inbox.desk.slack.bureau import Bureau
from tests.inbox.desk.slack.test_merging import filled


async def test_everything_is_shown_from_the_profile_as_it_was_written(desk: Bureau) -> None:
    card = await desk.opened("<!channel> & *bold* :tada:")
    await desk.ana.clicks(card, "take")
    await desk.until_row("SELECT count(*) FROM conversations WHERE owner_id IS NOT NULL")
    await desk.ana.clicks(card, "profile")
    profile = await filled(desk, desk.ana, "Last conversations")
    await desk.ana.clicks(profile, "timeline")
    view = await filled(desk, desk.ana, "Maria on")
    told = [one["text"]["text"] for one in view.body["blocks"] if one["type"] == "section"]
    assert any("“<!channel> & bold :tada:”" in one for one in told)
    assert all(one["text"]["type"] == "plain_text" for one in view.body["blocks"] if one["type"] == "section")
    assert [one for one in told if "takes this conversation" in one]
    assert "timeline_earlier" not in str(view.body)
    assert desk.slack.mistakes == []


async def test_what_was_earlier_is_a_button_and_the_way_back_too(desk: Bureau) -> None:
    card = await desk.opened("message 1")
    for number in range(2, PAGE + 6):
        await desk.says(f"message {number}", number)
    await desk.ana.clicks(card, "more", "menu|" + card.blocks[0]["accessory"]["value"])
    menu = await filled(desk, desk.ana, "Everything in one order")
    await desk.ana.submits(menu, {"what": "timeline"})
    view = await filled(desk, desk.ana, f"“message {PAGE + 5}”")
    assert len(view.body["blocks"]) <= 100
    assert "“message 1”" not in str(view.body)
    await desk.ana.clicks(view, "timeline_earlier")
    earlier = await filled(desk, desk.ana, "“message 1”")
    assert f"“message {PAGE + 5}”" not in str(earlier.body)
    await desk.ana.clicks(earlier, "timeline_latest")
    await filled(desk, desk.ana, f"“message {PAGE + 5}”")
    seen = "SELECT name, face, customer_id IS NOT NULL FROM audits WHERE operation = 'see_timeline'"
    assert [tuple(map(str, row)) for row in await desk.house.rows(seen)] == [("ana", "slack", "1")], "once"
    assert desk.slack.mistakes == []
