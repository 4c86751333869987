"""The desk, whole: what agents say and what they do with conversations."""

from inbox.desk.answers import Answers
from inbox.desk.moves import Moves


class Desk(Answers, Moves):
    """Everything an agent can do, once, for every face."""
