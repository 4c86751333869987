"""Why the desk did not do what an agent asked; each error's text is the sentence the agent reads."""

from datetime import datetime


class DeskError(Exception):
    """The desk could not do that."""

    def __init__(self, sentence: str | None = None) -> None:
        """Keep the *sentence*; without one the class's own is used."""
        super().__init__(sentence or (type(self).__doc__ or "").strip())


class NotThere(DeskError):
    """There is no such conversation or message."""


class TakenBy(DeskError):
    """A colleague has this conversation."""

    def __init__(self, agent_name: str, at: datetime | None = None) -> None:
        """Name who has it and since when."""
        self.agent_name, self.at = agent_name, at
        super().__init__(f"{agent_name} has this conversation.")


class Stopped(DeskError):
    """The customer said stop at this address; nothing is sent there."""


class Ended(DeskError):
    """The conversation is resolved; reopen it first."""


class TooLong(DeskError):
    """The text is longer than the channel can carry."""


class CannotChange(DeskError):
    """The channel cannot change what was sent; send a correction."""


class NothingToSend(DeskError):
    """There is nothing to send: write something or add a file."""


class NotAllowed(DeskError):
    """Only a colleague with another role may do that."""


class FileRefused(DeskError):
    """The channel does not take this file."""


class WindowOver(DeskError):
    """The channel no longer carries free text to this customer; their next words open it again."""
