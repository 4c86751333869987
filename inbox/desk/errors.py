"""Why the desk did not do what an agent asked; each error's text is the sentence the agent reads."""

from collections.abc import Sequence
from datetime import datetime

from storage.promises import Promise


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


class OpenPromises(DeskError):
    """Promises are open: say of each whether it is kept, dropped, or goes on."""

    def __init__(self, promises: Sequence[Promise]) -> None:
        """Name the *promises* that nobody decided about."""
        self.promises = tuple(promises)
        words = "; ".join(one.text for one in self.promises[:3])
        more = "" if len(self.promises) <= 3 else f" and {len(self.promises) - 3} more"
        said = "a promise is" if len(self.promises) == 1 else f"{len(self.promises)} promises are"
        super().__init__(f"Not resolved: {said} open ({words}{more}). Say first what becomes of it.")
