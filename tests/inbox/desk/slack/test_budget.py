"""The posting budget: never faster than Slack allows, and no conversation forgotten or out of order."""

import random
from collections import defaultdict, deque

import pytest

from inbox.desk.slack import budget as budgets
from inbox.desk.slack.budget import Budget, Room, Waiting, turns


def budget(**more: float) -> Budget:
    knobs = {"posts_per_second": 1.0, "burst": 3, "posts_per_minute": 200.0, "edits_per_minute": 45.0}
    return Budget(**{**knobs, "marks_per_minute": 45.0, "reads_per_minute": 45.0, **more})  # type: ignore[arg-type]


def waiting(conversation: int, kind: str = "message", owed_at: float = 0, channel: str = "C1") -> Waiting:
    return Waiting(conversation_id=conversation, slack_channel=channel, kind=kind, owed_at=owed_at)


def test_a_burst_of_three_then_one_a_second() -> None:
    limits, times, now = budget(), [], 0.0
    for _ in range(6):
        now += limits.wait(budgets.FOR_POSTS, "C1", now)
        limits.take(budgets.FOR_POSTS, "C1", now)
        times.append(now)
    assert times == pytest.approx([0, 0, 0, 1, 2, 3])


def test_failures_first_then_customers_then_notices_then_lines_and_the_oldest_first() -> None:
    kinds = ["happened", "edited", "message", "failure", "message"]
    rows = [waiting(number, kind, owed_at=-number) for number, kind in enumerate(kinds)]
    chosen, _ = turns(rows, budget(burst=5), 0.0)
    assert [w.conversation_id for w in chosen] == [3, 4, 2, 1, 0]


def test_429_closes_that_slack_channel_for_posts_and_no_other() -> None:
    limits = budget()
    limits.close(budgets.FOR_POSTS, "C1", 7.0, 100.0)
    chosen, wait = turns([waiting(1), waiting(2, channel="C2")], limits, 100.0)
    assert [w.conversation_id for w in chosen] == [2]
    assert wait == pytest.approx(7.0)
    assert turns([waiting(1)], limits, 106.9)[0] == []
    assert turns([waiting(1)], limits, 107.0)[0] != []


def test_429_on_an_edit_delays_no_post() -> None:
    limits = budget()
    limits.close(budgets.FOR_CARDS, "C1", 30.0, 0.0)
    assert limits.wait(budgets.FOR_CARDS, "C2", 0.0) == 30.0
    assert limits.wait(budgets.FOR_POSTS, "C1", 0.0) == 0.0


def test_a_shorter_wait_never_opens_a_longer_one() -> None:
    limits = budget()
    limits.close(budgets.FOR_POSTS, "C1", 30.0, 0.0)
    limits.close(budgets.FOR_POSTS, "C1", 1.0, 0.0)
    assert limits.wait(budgets.FOR_POSTS, "C1", 0.0) == 30.0


def test_the_workspace_has_a_ceiling_over_many_slack_channels() -> None:
    limits = budget(posts_per_minute=60.0)
    rows = [waiting(number, channel=f"C{number}") for number in range(100)]
    chosen, _ = turns(rows, limits, 0.0)
    assert len(chosen) == 6


@pytest.mark.parametrize(("cards", "gap"), [(0, 10.0), (7, 10.0), (30, 40.0)])
def test_cards_are_edited_less_often_the_more_there_are(cards: int, gap: float) -> None:
    assert budgets.card_gap(cards, 10.0, 45.0) == pytest.approx(gap)


def test_thirty_busy_threads_in_one_slack_channel_are_served_within_seconds() -> None:
    """77 messages a minute for an hour, in bursts of one to four, as the specification simulated."""
    random.seed(7)
    arrivals: list[tuple[float, int, int]] = []
    while len(arrivals) < 77 * 60:
        at, thread = random.uniform(0, 3600), random.randrange(30)
        arrivals += [(at + 0.5 * n, thread, len(arrivals) + n) for n in range(random.randint(1, 4))]
    coming, queues, limits = (
        deque(sorted(arrivals)),
        defaultdict[int, deque[tuple[float, int]]](deque),
        budget(),
    )
    delays, posted_at, order, now = [], [], defaultdict[int, list[float]](list), 0.0
    while coming or any(queues.values()):
        while coming and coming[0][0] <= now:
            at, thread, number = coming.popleft()
            queues[thread].append((at, number))
        rows = [waiting(thread, owed_at=queue[0][0]) for thread, queue in queues.items() if queue]
        for one in turns(rows, limits, now)[0]:
            posted_at.append(now)
            queue = queues[one.conversation_id]
            for at, _ in [queue.popleft() for _ in range(min(8, len(queue)))]:
                delays.append(now - at)
                order[one.conversation_id].append(at)
        now += 0.1
    assert len(delays) == len(arrivals)
    assert all(times == sorted(times) for times in order.values())
    assert sorted(delays)[int(len(delays) * 0.95)] < 8.0
    assert all(posted_at[n + 13] - posted_at[n] >= 10.0 - 0.2 for n in range(len(posted_at) - 13))


def test_who_floods_is_behind_who_wrote_after_its_last_post() -> None:
    """The rest of a flood is always the oldest there is; its turn is counted from its last post."""
    limits, now, order = budget(burst=1), 100.0, []
    for _ in range(4):
        rows = [waiting(1, owed_at=0.0)] + [waiting(n, owed_at=90.0 + n) for n in (2, 3) if n not in order]
        [one] = turns(rows, limits, now)[0]
        order.append(one.conversation_id)
        now += 1.0
    assert order == [1, 2, 3, 1]


def test_who_floods_for_long_leaves_room_in_which_others_do_not_wait_at_all() -> None:
    limits, posts, waited, now = budget(), 0, [], 0.0
    while now < 300.0:
        posts += len(turns([waiting(1, owed_at=0.0)], limits, now)[0])
        if now >= 60.0 and round(now, 1) % 7 == 0:
            waited.append(0 if turns([waiting(2, owed_at=now)], limits, now)[0] else 1)
        now = round(now + 0.1, 1)
    assert 100 <= posts <= 120
    assert sum(waited) == 0
    assert len(waited) > 20


def test_conversations_long_quiet_are_forgotten() -> None:
    limits = budget(posts_per_second=1_000.0, burst=5_000, posts_per_minute=10_000_000.0)
    for number in range(5_000):
        turns([waiting(number)], limits, float(number))
    assert len(limits._shares) <= budgets.REMEMBERED


def test_a_line_that_waits_long_is_no_longer_behind_messages_that_came_after_it() -> None:
    rows = [waiting(1, "happened", owed_at=100.0), waiting(2, owed_at=102.0)]
    assert [one.conversation_id for one in turns(rows, budget(burst=1), 102.5)[0]] == [2]
    assert [one.conversation_id for one in turns(rows, budget(burst=1), 103.5)[0]] == [1]


def test_who_needs_a_card_first_waits_for_a_hand_of_its_own_and_keeps_nobody_else_waiting() -> None:
    rows = [
        Waiting(conversation_id=n, slack_channel="C1", kind="message", owed_at=n, begins=n < 6)
        for n in range(9)
    ]
    limits = budget(burst=99)
    chosen, _ = turns(rows, limits, 100.0, Room(posts=4, cards=2))
    assert [one.conversation_id for one in chosen] == [0, 1, 6, 7]
    chosen, _ = turns(rows[2:6], limits, 100.0, Room(posts=4, cards=0))
    assert chosen == []


def test_a_card_counts_as_the_post_that_it_is() -> None:
    limits, now, posts = budget(), 0.0, []
    while now < 20.0:
        rows = [
            Waiting(
                conversation_id=round(now * 10) + 1_000 * n,
                slack_channel="C1",
                kind="message",
                owed_at=now,
                begins=True,
            )
            for n in range(5)
        ]
        posts += [now for _ in turns(rows, limits, now)[0] for _ in ("card", "message")]
        now = round(now + 0.1, 1)
    assert len(posts) <= 20 + 3 + 1, "one a second after the burst; the last message may be one too many"
