"""The desk, whole: what agents say, what they think better of, and what they do with conversations."""

from dataclasses import replace

from inbox.desk.act import Ground
from inbox.desk.afterwards import Afterwards
from inbox.desk.answers import Answers
from inbox.desk.auditing import Door
from inbox.desk.availability import Availability
from inbox.desk.beginning import Beginning
from inbox.desk.calling import Calling
from inbox.desk.elsewhere import Elsewhere
from inbox.desk.holding import Holding
from inbox.desk.later import SendingLater
from inbox.desk.merging import Merging
from inbox.desk.moves import Moves
from inbox.desk.pinning import Pinning
from inbox.desk.preferring import Preferring
from inbox.desk.profile import Profiling
from inbox.desk.promising import Promising
from inbox.desk.reacting import Reacting
from inbox.desk.safety import Safety
from inbox.desk.saying_again import SayingAgain
from inbox.desk.tagging import Tagging
from inbox.desk.wishing import Wishing


class Desk(
    Answers,
    Afterwards,
    Moves,
    Availability,
    Holding,
    Pinning,
    Promising,
    Reacting,
    Safety,
    Profiling,
    Merging,
    Elsewhere,
    SendingLater,
    SayingAgain,
    Tagging,
    Beginning,
    Calling,
    Preferring,
    Wishing,
):
    """Everything an agent can do, once, for every face."""

    def at(self, door: Door) -> "Desk":
        """Give the same desk to who comes in by *door*."""
        return Desk(replace(self._ground, door=door))

    @property
    def ground(self) -> Ground:
        """What its acts stand on."""
        return self._ground
