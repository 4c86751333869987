"""Merging and profiles in Slack: links both ways, replies led on, undo, facts changed in a modal."""

from tests.inbox.desk.slack.bureau import Bureau
from tests.providers.slack import Message, Person, View


async def filled(desk: Bureau, who: Person, words: str) -> View:
    """Wait for a modal that holds these words."""
    await desk.until(lambda: who.view is not None and words in str(who.view.body))
    return await who.sees_view()


async def two(desk: Bureau) -> tuple[Message, Message]:
    """Maria and Mia have a card each; Maria's conversation is the older."""
    first = await desk.opened("where is my order?", who="maria")
    await desk.forward(60)
    second = await desk.opened("it was A-1017", who="mia")
    return first, second


async def merged(desk: Bureau, card: Message, other: str = "mia") -> None:
    """Ana merges the customer of a card with another, who is absorbed."""
    await desk.ana.clicks(card, "profile")
    profile = await filled(desk, desk.ana, "Last conversations")
    await desk.ana.clicks(profile, "profile_merge")
    asked = await filled(desk, desk.ana, "The other customer")
    found = await desk.ana.picks(asked, "other", other)
    await desk.ana.clicks(asked, "other", found[0]["value"])
    both = await filled(desk, desk.ana, "Who stays")
    await desk.ana.submits(both, {"sure": "MERGE"})
    desk.ring()
    await desk.until_row("SELECT count(*) FROM merges WHERE undone_at IS NULL", is_=1)
    desk.ring()


def said(desk: Bureau, at: int, words: str) -> list[Message]:
    return [post for post in desk.thread(at) if words in post.text]


async def test_both_threads_are_linked_and_a_reply_in_the_absorbed_one_goes_on_after_send(
    desk: Bureau,
) -> None:
    """Check 27."""
    first, second = await two(desk)
    await desk.ana.clicks(second, "take")
    await desk.until_row("SELECT count(*) FROM conversations WHERE owner_id IS NOT NULL")
    await merged(desk, first)
    await desk.until(lambda: said(desk, 0, "merged Mia into this") and said(desk, 1, "goes on there"))
    [here], [there] = said(desk, 0, "merged Mia"), said(desk, 1, "goes on there")
    assert second.ts.replace(".", "") in here.text
    assert first.ts.replace(".", "") in there.text
    assert "[Undo]" in here.text
    assert "[Undo]" not in there.text
    assert desk.ana.id in str(there.blocks)
    await desk.until(lambda: "merged: it goes on at" in str(desk.cards[1].blocks))
    assert "actions" not in str(desk.cards[1].blocks)
    await desk.ana.types(second, "it left today")
    asked = await desk.ana.sees("goes on at")
    assert desk.house.paper.sent == []
    await desk.ana.clicks(asked, "ask_send")
    assert await desk.sent() == ["it left today"]
    [(conversation,)] = await desk.house.rows("SELECT conversation_id FROM messages WHERE direction = 'out'")
    [(goes_on,)] = await desk.house.rows("SELECT id FROM conversations WHERE state = 'open'")
    assert conversation == goes_on
    desk.ring()
    await desk.until(lambda: said(desk, 0, "it left today"))
    assert desk.slack.mistakes == []


async def test_a_merge_is_undone_from_its_post_and_both_cards_stand_again(desk: Bureau) -> None:
    first, _ = await two(desk)
    await merged(desk, first)
    await desk.until(lambda: said(desk, 0, "[Undo]"))
    [post] = said(desk, 0, "[Undo]")
    await desk.ana.clicks(post, "merge_undo")
    await desk.until_row("SELECT count(*) FROM merges WHERE undone_at IS NOT NULL", is_=1)
    desk.ring()
    await desk.until(lambda: said(desk, 0, "two customers again") and said(desk, 1, "two customers again"))
    await desk.until(lambda: "it goes on at" not in str(desk.cards[1].blocks))
    states = await desk.house.rows("SELECT state, merged_into FROM conversations")
    assert states == [("open", None), ("open", None)]
    assert desk.slack.mistakes == []


async def test_an_agent_neither_merges_nor_undoes(desk: Bureau) -> None:
    first, _ = await two(desk)
    await desk.rui.clicks(first, "profile")
    profile = await filled(desk, desk.rui, "Last conversations")
    assert "profile_merge" not in str(profile.body)
    await desk.rui.clicks(first, "more", "menu|" + first.blocks[0]["accessory"]["value"])
    menu = await filled(desk, desk.rui, "Merge with another")
    await desk.rui.submits(menu, {"what": "merge"})
    await merged(desk, first)
    await desk.until(lambda: said(desk, 0, "[Undo]"))
    [post] = said(desk, 0, "[Undo]")
    await desk.rui.clicks(post, "merge_undo")
    await desk.rui.sees("by a lead or an admin")
    assert await desk.house.rows("SELECT count(*) FROM merges WHERE undone_at IS NOT NULL") == [(0,)]


async def test_nothing_is_merged_without_the_word_and_the_other(desk: Bureau) -> None:
    first, _ = await two(desk)
    await desk.ana.clicks(first, "profile")
    profile = await filled(desk, desk.ana, "Last conversations")
    await desk.ana.clicks(profile, "profile_merge")
    asked = await filled(desk, desk.ana, "The other customer")
    found = await desk.ana.picks(asked, "other", "mi")
    await desk.ana.clicks(asked, "other", found[0]["value"])
    both = await filled(desk, desk.ana, "Who stays")
    handed = await desk.ana.submits(both, {"sure": "merge"})
    assert handed.body == {"response_action": "errors", "errors": {"sure": "Type MERGE in capitals."}}
    assert await desk.house.rows("SELECT count(*) FROM merges") == [(0,)]


async def test_a_profile_shows_what_is_known_and_its_form_changes_it(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.clicks(card, "profile")
    profile = await filled(desk, desk.ana, "Last conversations")
    assert "Paper maria: never asked for marketing" in str(profile.body)
    await desk.ana.clicks(profile, "profile_edit")
    form = await filled(desk, desk.ana, "Where they said it")
    [(address,)] = await desk.house.rows("SELECT id FROM addresses")
    handed = await desk.ana.submits(form, {"zone": "Mars", "consent": f"{address}:yes"})
    assert handed.body["errors"] == {"zone": "There is no such time zone. Write it like Europe/Lisbon."}
    handed = await desk.ana.submits(form, {"zone": "Europe/Lisbon", "consent": f"{address}:yes"})
    assert list(handed.body["errors"]) == ["wording"]
    words = {"zone": "Europe/Lisbon", "birthday": "--03-04", "tier": "gold", "account_manager": "rui"}
    words |= {"consent": f"{address}:yes", "wording": "yes please, on the phone"}
    await desk.ana.submits(form, words)
    await desk.until_row("SELECT tier FROM customers", is_="gold")
    facts = await desk.house.rows("SELECT zone, birth_month, birth_day, account_manager FROM customers")
    assert facts == [("Europe/Lisbon", 3, 4, "rui")]
    assert await desk.house.rows("SELECT word, source FROM consents") == [("yes", "agent")]
    desk.ring()
    await desk.until(lambda: said(desk, 0, "changed what we know"))
    [post] = said(desk, 0, "changed what we know")
    assert "time zone, birthday, account manager, tier, consent" in post.text
    assert "Lisbon" not in post.text
    assert desk.slack.mistakes == []


async def test_a_merge_is_undone_from_the_profile_which_then_shows_it(desk: Bureau) -> None:
    first, _ = await two(desk)
    await merged(desk, first)
    await desk.ana.clicks(desk.cards[0], "profile")
    profile = await filled(desk, desk.ana, "Merged with")
    await desk.ana.clicks(profile, "profile_undo")
    await desk.until_row("SELECT count(*) FROM merges WHERE undone_at IS NOT NULL", is_=1)
    await desk.until(lambda: desk.ana.view is not None and "Merged with" not in str(desk.ana.view.body))
    assert desk.slack.mistakes == []


async def test_what_was_asked_before_a_merge_is_sent_where_it_goes_on(desk: Bureau) -> None:
    first, second = await two(desk)
    await desk.rui.clicks(second, "take")
    await desk.until_row("SELECT count(*) FROM conversations WHERE owner_id IS NOT NULL")
    await desk.ana.types(second, "on its way")
    asked = await desk.ana.sees("Rui has this conversation")
    await merged(desk, first)
    await desk.ana.clicks(asked, "ask_send")
    assert await desk.sent() == ["on its way"]
    [(conversation,)] = await desk.house.rows("SELECT conversation_id FROM messages WHERE direction = 'out'")
    assert [(conversation,)] == await desk.house.rows("SELECT id FROM conversations WHERE state = 'open'")


async def test_digits_are_masked_for_an_agent_who_does_not_have_the_conversation(desk: Bureau) -> None:
    card = await desk.opened(who="+351912345408")
    async with desk.house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE customers SET name = 'Maria'")
    await desk.rui.clicks(card, "profile")
    seen = await filled(desk, desk.rui, "Addresses")
    assert "912345408" not in str(seen.body).replace(" ", "")
    assert "··· 408" in str(seen.body)
    await desk.rui.clicks(card, "take")
    await desk.until_row("SELECT count(*) FROM conversations WHERE owner_id IS NOT NULL")
    await desk.rui.clicks(desk.cards[0], "profile")
    await desk.until(lambda: desk.rui.view is not None and "912 345 408" in str(desk.rui.view.body))
    looks = await desk.house.rows("SELECT what, count(*) FROM looks GROUP BY what")
    assert looks == [("seen", 1)], "once an hour"
