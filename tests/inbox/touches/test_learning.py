"""Templates that a channel learns while we run are there at the next turn."""

from dataclasses import replace
from typing import Any, cast

from bots.channel import Channel, Spec
from inbox.touches.once import with_one_offs
from inbox.touches.ways import Specs
from tests.inbox.touches.test_templates import APP
from tests.inbox.touches.world import World


class Learner:
    """A channel that has no templates yet."""

    def __init__(self) -> None:
        self.spec: Spec = replace(APP, templates=None)


async def test_a_template_that_came_late_is_there_at_the_next_turn(world: World) -> None:
    learner = Learner()
    specs = Specs({"sms": cast(Channel, learner)})
    ways = {**world.rules.ways, "gone": world.rules.ways["sms"]}
    rules = replace(world.rules, specs=specs, ways={**ways, "sms": replace(ways["sms"], registered=False)})
    book = cast(Any, None)  # asked only where there are one-offs
    before = await with_one_offs(world.database, rules, book)
    learner.spec = APP
    after = await with_one_offs(world.database, before, book)
    assert (before.ways["sms"].templates, after.ways["sms"].templates) == (None, APP.templates)
    assert after.ways["sms"].registered is False
    assert after.ways["gone"] == rules.ways["gone"]
    assert (list(specs), len(specs), specs["sms"]) == (["sms"], 1, APP)
