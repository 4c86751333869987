"""One decision about all that waits: conversations, agents and rules by the hundred."""

import gc
import random
import time
from datetime import UTC, datetime, timedelta

from routing.answering import Answerer, Hours, House, Matter, Rule, Span, Target, TeamRules, Tier, When
from routing.assignment import explain, give

NOW = datetime(2027, 3, 10, 11, 0, tzinfo=UTC)
WAITING, AGENTS, RULES, ROUNDS = 1_000, 50, 200, 5
TEAMS = ("support", "billing", "sales", "shipping")
TIERS = ("platinum", "gold", "iron", "lead")
LANGUAGES = ("pt", "en", "es", "fr")
WORDS = (
    *("refund", "invoice", "broken", "late", "delivery", "price", "offer", "cancel", "subscription"),
    *(
        "change",
        "address",
        "card",
        "paid",
        "twice",
        "please",
        "thanks",
        "where",
        "when",
        "order",
        "the",
        "my",
    ),
    *("reembolso", "factura", "avería", "tarde", "entrega", "preço", "oferta", "cancelar", "assinatura"),
    *("morada", "cartão", "duas", "vezes", "obrigado", "gracias", "не", "работает", "возврат", "退款"),
)
OFFICE = Hours(
    zone="Europe/Lisbon",
    country="PT",
    spans=tuple(Span(weekday=day, start=540, end=1110) for day in range(5)),
)


def house(dice: random.Random, rules: int = RULES) -> House:
    """Make four teams and four tiers; each rule asks for phrases and, some, for more."""
    return House(
        teams={key: TeamRules(key=key, name=key.title(), hours=OFFICE) for key in TEAMS},
        first_team="support",
        rules=tuple(_rule(dice, number) for number in range(rules)),
        tiers={
            key: Tier(key=key, rank=rank, target=Target(first_reply=timedelta(minutes=5 * 4**rank)))
            for rank, key in enumerate(TIERS)
        },
    )


def _rule(dice: random.Random, number: int) -> Rule:
    when = When(
        words=tuple(" ".join(dice.sample(WORDS, 2)) for _ in range(3)),
        channels=("sms", "telegram") if number % 3 == 0 else (),
        languages=(dice.choice(LANGUAGES),) if number % 4 == 0 else (),
        tiers=tuple(dice.sample(TIERS, 3)) if number % 5 == 0 else (),
        within=OFFICE if number % 7 == 0 else None,
    )
    skill = f"skill{number % 5}" if number % 6 == 0 else ""
    return Rule(key=f"rule{number}", when=when, team=dice.choice(TEAMS), priority=number % 3, skill=skill)


def agents(dice: random.Random, capacity: int, number: int = AGENTS) -> list[Answerer]:
    """Make agents of one to three teams and two languages, one of ten away."""
    return [
        Answerer(
            id=one,
            key=f"agent{one}",
            name=f"Agent {one}",
            teams=frozenset(dice.sample(TEAMS, dice.randint(1, 3))),
            present=one % 10 != 0,
            load=dice.randint(0, 3),
            capacity=capacity,
            idle_since=NOW - timedelta(minutes=dice.randint(0, 200)),
            languages=frozenset(dice.sample(LANGUAGES, 2)),
            skills=frozenset({f"skill{one % 5}"}),
            back_at=NOW + timedelta(minutes=dice.randint(1, 60)) if one % 10 == 0 else None,
        )
        for one in range(1, number + 1)
    ]


def matters(dice: random.Random, number: int = WAITING) -> list[Matter]:
    """Make conversations of twenty to sixty words; a tenth have an account manager, a fifth a last agent."""
    return [
        Matter(
            id=one,
            team="support",
            channel=dice.choice(("sms", "telegram", "webchat")),
            words=f"{one} " + " ".join(dice.choices(WORDS, k=dice.randint(20, 60))),
            language=dice.choice((*LANGUAGES, "")),
            tier=dice.choice(TIERS),
            manager=f"agent{dice.randint(1, AGENTS)}" if one % 10 == 0 else "",
            last_agent=dice.randint(1, AGENTS) if one % 5 == 0 else None,
            opened_at=NOW - timedelta(hours=1),
            waiting_since=NOW - timedelta(seconds=dice.randint(0, 20_000)),
        )
        for one in range(1, number + 1)
    ]


def measured(capacity: int) -> tuple[float, int, int]:
    """Decide some rounds, words and agents other in each; the median seconds, who got one, steps."""
    times, given, steps = [], 0, 0
    for each in range(ROUNDS):
        dice = random.Random(each)
        ours, crew, waiting = house(dice), agents(dice, capacity), matters(dice)
        gc.collect()
        began = time.perf_counter()
        decided = give(waiting, crew, ours, NOW + timedelta(seconds=each))
        times.append(time.perf_counter() - began)
        given, steps = (
            sum(one.agent_id is not None for one in decided),
            sum(len(one.steps) for one in decided),
        )
    return sorted(times)[ROUNDS // 2], given, steps


def explained() -> float:
    """Give the seconds that explaining one takes, with why not for each agent."""
    dice = random.Random(0)
    ours, crew, waiting = house(dice), agents(dice, 5), matters(dice, 50)
    began = time.perf_counter()
    for one in waiting:
        explain(one, crew, ours, NOW)
    return (time.perf_counter() - began) / len(waiting)


async def report() -> list[str]:
    """Decide with room for all and for few, as lines of Markdown."""
    rows = []
    for name, capacity in (("for all", 60), ("for few", 6)):
        seconds, given, steps = measured(capacity)
        rows.append(f"| {name} | {given:,} | {steps:,} | {seconds:.2f} |")
    return [
        f"{WAITING:,} waiting, {AGENTS} agents, {RULES} rules. Aim: under 1 s. "
        f"Explaining one, with why not for each agent: {explained() * 1000:.1f} ms.",
        "",
        "| room | given | steps told | s |",
        "|---|---|---|---|",
        *rows,
    ]
