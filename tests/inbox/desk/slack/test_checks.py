"""Which test proves which of the forty checks of the Slack desk, and those that stand nowhere else."""

import ast
import asyncio
from pathlib import Path
from typing import Final

import pytest

from tests.inbox.desk.slack.bureau import Bureau, bureau

HERE: Final = Path(__file__).parent
ROAD: Final = "../../../road/"
CHECKS: Final[dict[int, tuple[str, ...]]] = {
    1: (
        "test_road::a_first_message_makes_one_card_and_one_post",
        "test_road::no_metadata_holds_anything_personal",
    ),
    2: ("test_trouble::what_waited_is_one_post_in_order_with_each_time",),
    3: (
        "test_budget::thirty_busy_threads_in_one_slack_channel_are_served_within_seconds",
        "test_second_thoughts::a_busy_slack_channel_gets_no_more_than_its_rate",
    ),
    4: ("test_trouble::429_silences_one_slack_channel_for_posts_and_nothing_else",),
    5: ("test_trouble::429_on_a_card_delays_no_post",),
    6: (
        "test_trouble::a_post_whose_answer_was_lost_stays_one_post",
        "test_trouble::a_card_whose_answer_was_lost_stays_one_card",
    ),
    7: ("test_trouble::a_post_that_was_cut_off_before_is_posted_on_the_second_try",),
    8: ("test_trouble::where_nobody_can_look_it_is_posted_once_more_and_says_so",),
    9: ("test_typing::an_event_that_comes_three_times_is_one_answer",),
    10: ("test_typing::one_gesture_seen_as_two_events_is_one_answer",),
    11: ("test_typing::events_out_of_order_are_answered_in_the_order_of_writing",),
    12: ("test_typing::unfurls_own_cards_and_other_bots_do_nothing",),
    13: ("test_typing::unfurls_own_cards_and_other_bots_do_nothing",),
    14: ("test_typing::deleting_within_the_hold_cancels",),
    15: ("test_typing::editing_within_the_hold_sends_the_new_words_once",),
    16: (
        "test_typing::an_edit_and_a_deletion_after_sending_are_carried",
        "test_typing::where_the_channel_cannot_edit_a_correction_is_offered",
    ),
    17: (
        "test_road::a_note_stays_inside",
        "test_reading::words_in_a_thread_are_read_with_the_reason_to_keep_them_inside",
    ),
    18: ("test_safe_mode::typing_waits_for_send_and_two_clicks_send_once",),
    19: ("test_typing::whoever_is_no_agent_of_the_team_is_told_so_and_nothing_is_sent",),
    20: (
        "test_second_thoughts::sent_and_delivered_within_three_seconds_are_one_mark",
        "test_road::read_follows_delivered_and_nothing_goes_back",
    ),
    21: ("test_trouble::a_failed_answer_is_marked_explained_and_sent_again",),
    22: ("test_checks::two_who_take_at_the_same_moment_are_one_owner_and_one_who_is_told_since_when",),
    23: ("test_doors::a_click_from_an_old_card_is_checked_against_the_row",),
    24: (
        "test_doors::a_modal_opens_although_the_database_sleeps",
        "test_doors::an_expired_trigger_is_explained",
    ),
    25: ("test_typing::a_past_date_stays_in_the_modal_with_its_error",),
    26: (
        "test_resolving::an_unanswered_question_is_asked_about_and_what_was_filled_in_stays",
        "test_promises::resolving_asks_first_what_becomes_of_each_open_promise",
    ),
    27: ("test_merging::both_threads_are_linked_and_a_reply_in_the_absorbed_one_goes_on_after_send",),
    28: (
        "test_moving::another_team_gets_a_card_with_what_was_said_and_the_old_one_points_there",
        "test_moving::the_new_owner_is_mentioned_once",
    ),
    29: ("test_road::a_customers_markup_is_shown_literally_and_pings_nobody",),
    30: ("test_road::twelve_thousand_characters_are_all_readable",),
    31: (
        "test_posts::text_says_sender_words_and_state",
        "test_files::a_photo_is_shown_with_words_for_who_cannot_see",
    ),
    32: (
        "test_files::an_agents_file_reaches_the_customer",
        "test_files::a_file_that_only_files_info_knows_is_asked_for",
        "test_files::a_file_that_cannot_be_fetched_is_not_sent_and_the_thread_says_why",
    ),
    33: ("test_promises::a_promise_is_reminded_of_before_and_when_due_once_whatever_restarts",),
    34: ("sheets/test_elsewhere::what_is_typed_to_who_said_stop_is_offered_to_their_other_addresses",),
    35: ("test_doors::a_refresh_in_mid_burst_loses_and_doubles_nothing",),
    36: ("test_doors::too_many_websockets_never_opens_more_than_twice_a_minute",),
    37: ("test_doors::unknown_events_are_kept_and_acknowledged",),
    38: (
        "test_doors::a_bad_old_or_missing_signature_is_401_and_nothing_is_kept",
        "test_checks::what_slack_asks_of_an_address_is_answered",
    ),
    39: ("test_trouble::an_archived_slack_channel_gives_way_to_the_fallback_and_back",),
    40: (
        f"{ROAD}test_kill_points::killed_at_any_point_of_an_answer_s_road_it_is_sent_once_or_shown_as_perhaps",
    ),
}


@pytest.mark.parametrize("check", range(1, 41))
def test_each_check_has_tests_that_are_there(check: int) -> None:
    for each in CHECKS[check]:
        file, _, name = each.partition("::")
        nodes = ast.walk(ast.parse((HERE / f"{file}.py").read_text()))
        there = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert f"test_{name}" in there


async def test_two_who_take_at_the_same_moment_are_one_owner_and_one_who_is_told_since_when(
    desk: Bureau,
) -> None:
    card = await desk.opened()
    await asyncio.gather(desk.ana.clicks(card, "take"), desk.rui.clicks(card, "take"))
    await desk.until(lambda: len(desk.ana.ephemerals) + len(desk.rui.ephemerals) == 1)
    [told] = [*desk.ana.ephemerals, *desk.rui.ephemerals]
    owner = "Rui" if desk.ana.ephemerals else "Ana"
    assert f"{owner} has this conversation since {desk.now():%H:%M}." in told.text
    await desk.until(lambda: f"{owner} has it" in card.text)
    assert await desk.house.rows("SELECT count(*) FROM happenings WHERE kind = 'taken'") == [(1,)]


async def test_what_slack_asks_of_an_address_is_answered(tmp_path: Path) -> None:
    async with bureau(tmp_path, socket_mode=False) as desk:  # the challenge is answered, or it would not open
        handed = await desk.slack.delivery.ssl_check()
        assert handed.ok
        assert await desk.house.rows("SELECT count(*) FROM hooks") == [(0,)]


async def test_a_button_on_what_is_over_says_so_and_the_card_is_put_right(desk: Bureau) -> None:
    card = await desk.opened()
    [(conversation,)] = await desk.house.rows("SELECT id FROM conversations")
    await desk.house.desk.resolve(conversation, desk.house.agents["rui"], now=desk.now())
    await desk.ana.clicks(card, "take")
    await desk.ana.sees("The conversation is resolved; reopen it first.")
    desk.ring()
    await desk.until(lambda: "Reopen" in str(card.blocks))
    assert await desk.house.rows("SELECT state FROM conversations") == [("resolved",)]


async def test_a_modal_kept_open_for_an_hour_does_what_is_still_possible(desk: Bureau) -> None:
    card = await desk.opened()
    await desk.ana.clicks(card, "snooze")
    view = await desk.ana.sees_view("tidings_snooze")
    await desk.forward(3_700)
    [(conversation,)] = await desk.house.rows("SELECT id FROM conversations")
    await desk.house.desk.resolve(conversation, desk.house.agents["rui"], now=desk.now())
    await desk.ana.submits(view, {"when": "tomorrow"})
    await desk.ana.sees("The conversation is resolved; reopen it first.")
    assert await desk.house.rows("SELECT state FROM conversations") == [("resolved",)]


async def test_a_message_in_a_thread_that_is_not_ours_is_nobodys_answer(desk: Bureau) -> None:
    await desk.opened()
    elsewhere = await desk.ana.types(desk.team, "who wants lunch?")
    await desk.rui.types(elsewhere, "me")
    await desk.until_row("SELECT count(*) FROM hooks WHERE state <> 'applied'", is_=0)
    assert await desk.house.rows("SELECT count(*) FROM messages WHERE direction <> 'in'") == [(0,)]
    assert desk.rui.ephemerals == []
