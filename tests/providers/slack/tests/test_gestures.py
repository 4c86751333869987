"""Clicks, modals, suggestions, commands and shortcuts, answered by a real Bolt app."""

from functools import partial
from typing import Any

import pytest
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.providers.slack import Message, SlackLookAlike
from tests.providers.slack.forms import CannotSubmit
from tests.providers.slack.tests.door import Door

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


CARD = [
    {"type": "actions", "block_id": "do.1", "elements": [
        {"type": "button", "action_id": "take", "value": "cv_1|1", "text": plain("Take")},
        {"type": "overflow", "action_id": "more", "options": [
            {"text": plain("Note"), "value": "note|cv_1"}, {"text": plain("Merge"), "value": "merge|cv_1"}]},
    ]},
]  # fmt: skip
FIELDS = [
    {"type": "input", "block_id": "to", "label": plain("To"),
     "element": {"type": "external_select", "action_id": "to", "min_query_length": 1}},
    {"type": "input", "block_id": "why", "label": plain("Why"),
     "element": {"type": "plain_text_input", "action_id": "why", "max_length": 10}},
    {"type": "input", "block_id": "when", "label": plain("When"), "optional": True,
     "element": {"type": "datepicker", "action_id": "when", "initial_date": "2026-11-22"}},
]  # fmt: skip


def modal(**more: Any) -> Json:
    return {"type": "modal", "callback_id": "hand_over", "title": plain("Hand over"),
            "submit": plain("Hand over"), "private_metadata": "cv_1", "blocks": FIELDS, **more}  # fmt: skip


@pytest.fixture
async def card(slack: SlackLookAlike, client: AsyncWebClient) -> Message:
    channel = slack.add_channel("team")
    sent = await client.chat_postMessage(channel=channel, text="card", blocks=CARD)
    return slack.post(channel, sent["ts"])


async def test_a_click_carries_who_where_and_what(slack: SlackLookAlike, card: Message, door: Door) -> None:
    seen: list[Json] = []

    @door.app.action("take")
    async def take(ack: AsyncAck, body: Json) -> None:
        await ack()
        seen.append(body)

    ana = slack.add_person("Ana")
    assert (await ana.clicks(card, "take")).status == 200
    body = seen[0]
    assert body["user"]["id"] == ana.id
    assert body["user"]["team_id"] == body["team"]["id"] == slack.team_id
    assert (body["container"]["message_ts"], body["channel"]["id"]) == (card.ts, card.channel)
    assert body["actions"][0]["value"] == "cv_1|1"
    assert body["message"]["blocks"] == CARD


async def test_a_choice_in_the_overflow_is_the_selected_option(
    slack: SlackLookAlike, card: Message, door: Door
) -> None:
    seen: list[Json] = []

    @door.app.action("more")
    async def more(ack: AsyncAck, action: Json) -> None:
        await ack()
        seen.append(action["selected_option"])

    await slack.add_person("Ana").clicks(card, "more", "Merge")
    assert seen == [{"text": plain("Merge"), "value": "merge|cv_1"}]


async def test_a_modal_is_opened_filled_refused_and_then_taken(
    slack: SlackLookAlike, client: AsyncWebClient, card: Message, door: Door
) -> None:
    submitted: list[Json] = []

    @door.app.action("take")
    async def take(ack: AsyncAck, body: Json) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal())

    @door.app.options("to")
    async def options(ack: AsyncAck, payload: Json) -> None:
        await ack(options=[{"text": plain(f"Rui {payload['value']}"), "value": "rui"}])

    @door.app.view("hand_over")
    async def submit(ack: AsyncAck, view: Json) -> None:
        submitted.append(view)
        if view["state"]["values"]["why"]["why"]["value"] == "no":
            await ack(response_action="errors", errors={"why": "say more"})
        else:
            await ack()

    ana = slack.add_person("Ana")
    await ana.clicks(card, "take")
    view = await ana.sees_view("hand_over")
    with pytest.raises(CannotSubmit, match="'To' is required"):
        await ana.submits(view, {"why": "x"})
    offered = await ana.picks(view, "to", "ru")
    assert [o["text"]["text"] for o in offered] == ["Rui ru"]
    with pytest.raises(CannotSubmit, match="longer than 10"):
        await ana.submits(view, {"to": "rui", "why": "x" * 11})
    refused = await ana.submits(view, {"to": "rui", "why": "no"})
    assert refused.body == {"response_action": "errors", "errors": {"why": "say more"}}
    assert ana.view is view
    await ana.submits(view, {"to": "rui", "why": "refund"})
    assert ana.view is None
    values = submitted[-1]["state"]["values"]
    assert values["to"]["to"]["selected_option"]["value"] == "rui"
    assert values["when"]["when"]["selected_date"] == "2026-11-22"
    assert submitted[-1]["private_metadata"] == "cv_1"


@pytest.fixture
async def trigger(slack: SlackLookAlike, card: Message, door: Door) -> str:
    seen: list[str] = []

    @door.app.action("take")
    async def take(ack: AsyncAck, body: Json) -> None:
        await ack()
        seen.append(body["trigger_id"])

    await slack.add_person("Ana").clicks(card, "take")
    return seen[0]


async def test_a_trigger_opens_once_and_within_three_seconds(
    slack: SlackLookAlike, client: AsyncWebClient, trigger: str
) -> None:
    await client.views_open(trigger_id=trigger, view=modal())
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_open(trigger_id=trigger, view=modal())
    slack.space.gestures[trigger].trigger_used = False
    slack.clock.advance(3.1)
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client.views_open(trigger_id=trigger, view=modal())
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await client.views_open(trigger_id="1.2.3", view=modal())


async def test_each_change_of_a_view_has_a_new_hash_and_an_old_one_conflicts(
    client: AsyncWebClient, trigger: str
) -> None:
    opened = (await client.views_open(trigger_id=trigger, view=modal()))["view"]
    updated = (await client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal()))["view"]
    assert updated["hash"] != opened["hash"]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal())
    await client.views_update(view_id=opened["id"], view=modal())
    with pytest.raises(SlackApiError, match="not_found"):
        await client.views_update(view_id="V404", view=modal())


def deep(slack: SlackLookAlike, user: str, depth: int) -> bool:
    return len(slack.space.stacks.get(user, [])) == depth


async def test_three_views_may_be_stacked_and_no_fourth(
    slack: SlackLookAlike, client: AsyncWebClient, card: Message, door: Door
) -> None:
    with_button = modal(callback_id="top", blocks=[*FIELDS, *CARD])
    failures: list[str] = []

    @door.app.action("take")
    async def take(ack: AsyncAck, body: Json) -> None:
        await ack()
        method = client.views_push if body.get("view") else client.views_open
        try:
            await method(trigger_id=body["trigger_id"], view=with_button)
        except SlackApiError as error:
            failures.append(error.response["error"])

    ana = slack.add_person("Ana")
    await ana.clicks(card, "take")
    for depth in (1, 2, 3):
        await slack.until(partial(deep, slack, ana.id, depth))
        await ana.clicks(await ana.sees_view("top"), "take")
    await slack.until(lambda: failures)
    assert failures == ["push_limit_reached"]


@pytest.mark.parametrize(
    ("view", "sentence"),
    [
        (modal(title=plain("x" * 25)), "/view/title/text"),
        (modal(private_metadata="x" * 3001), "/view/private_metadata"),
        (modal(callback_id="x" * 256), "/view/callback_id"),
        ({k: v for k, v in modal().items() if k != "submit"}, "must have submit"),
        (modal(blocks=[{"type": "divider"}] * 101), "no more than 100"),
        (modal(colour="red"), "invalid additional property: colour"),
    ],
    ids=["title", "metadata", "callback", "no submit", "101 blocks", "misspelt"],
)
async def test_a_faulty_view_is_refused_and_named(
    client: AsyncWebClient, trigger: str, view: Json, sentence: str
) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.views_open(trigger_id=trigger, view=view)
    assert caught.value.response["error"] == "invalid_arguments"
    assert any(sentence in said for said in caught.value.response["response_metadata"]["messages"])


async def test_the_home_tab_is_what_was_last_published(slack: SlackLookAlike, client: AsyncWebClient) -> None:
    ana = slack.add_person("Ana")
    for text in ("one", "two"):
        blocks = [{"type": "section", "text": plain(text)}]
        await client.views_publish(user_id=ana.id, view={"type": "home", "blocks": blocks})
    assert ana.home is not None
    assert ana.home.body["blocks"][0]["text"]["text"] == "two"


async def test_a_command_is_answered_to_its_author_only_and_not_in_threads(
    slack: SlackLookAlike, card: Message, door: Door
) -> None:
    @door.app.command("/tidings")
    async def tidings(ack: AsyncAck, command: Json) -> None:
        await ack(f"{command['text']}: 2 waiting")

    ana, rui = slack.add_person("Ana"), slack.add_person("Rui")
    await ana.slash("/tidings queue", channel=card.channel)
    assert [m.text for m in ana.ephemerals] == ["queue: 2 waiting"]
    assert rui.ephemerals == []
    count = len(door.headers)
    await ana.slash("/tidings queue", channel=card.channel, thread=card)
    assert "not supported in threads" in ana.ephemerals[-1].text
    assert len(door.headers) == count


async def test_a_message_shortcut_carries_the_message(
    slack: SlackLookAlike, card: Message, door: Door
) -> None:
    seen: list[Json] = []

    @door.app.shortcut("tidings_send")
    async def send(ack: AsyncAck, shortcut: Json) -> None:
        await ack()
        seen.append(shortcut)

    await slack.add_person("Ana").shortcut("tidings_send", card)
    assert (seen[0]["message"]["ts"], seen[0]["type"]) == (card.ts, "message_action")
    assert seen[0]["response_url"].startswith("http://127.0.0.1:")


async def test_a_response_url_replaces_five_times_and_for_half_an_hour(
    slack: SlackLookAlike, card: Message, door: Door
) -> None:
    urls: list[str] = []

    @door.app.action("take")
    async def take(ack: AsyncAck, body: Json) -> None:
        await ack()
        urls.append(body["response_url"])

    ana = slack.add_person("Ana")
    await ana.clicks(card, "take")
    webhook = AsyncWebhookClient(urls[0])
    statuses = [(await webhook.send(text=f"{n}", replace_original=True)).status_code for n in range(6)]
    assert statuses == [200] * 5 + [404]
    assert (card.text, card.blocks) == ("4", [])
    await ana.shortcut("unheard", card)
    slack.space.gestures[urls[0].rpartition("/")[2]].responses = 0
    slack.clock.advance(1801)
    assert (await webhook.send(text="late")).body == '{"ok": false, "error": "expired_url"}'


async def test_an_ephemeral_is_seen_by_one_can_be_clicked_and_goes_away(
    slack: SlackLookAlike, client: AsyncWebClient, card: Message, door: Door
) -> None:
    @door.app.action("take")
    async def take(ack: AsyncAck, body: Json) -> None:
        await ack()
        assert body["container"]["is_ephemeral"] is True
        await AsyncWebhookClient(body["response_url"]).send(delete_original=True)

    ana = slack.add_person("Ana")
    await client.chat_postEphemeral(
        channel=card.channel, user=ana.id, text="Send?", blocks=CARD, thread_ts=card.ts
    )
    question = await ana.sees("Send?")
    await ana.clicks(question, "take")
    await slack.until(lambda: not ana.ephemerals)
