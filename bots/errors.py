"""The closed list of what can go wrong at a channel, each with its verdict."""

from enum import Enum
from typing import ClassVar


class Verdict(Enum):
    """What the outbox does with a delivery after an error."""

    NOT_OURS = "not ours"
    TRY_AGAIN = "try again"
    LOOK_UP = "look up"
    GIVE_UP = "give up"


class ChannelError(Exception):
    """The channel could not do what was asked."""

    verdict: ClassVar[Verdict] = Verdict.GIVE_UP
    code: str

    def __init__(self, reason: str | None = None, *, code: str = "") -> None:
        """Keep *reason*, a sentence for an agent, and *code*, the provider's own."""
        self.reason = reason or (type(self).__doc__ or "").strip()
        self.code = code
        super().__init__(self.reason)


class BadSignature(ChannelError):
    """The request is not signed by the provider."""

    verdict = Verdict.NOT_OURS


class Malformed(ChannelError):
    """The request cannot be read."""

    verdict = Verdict.NOT_OURS


class Throttled(ChannelError):
    """The provider asks us to slow down."""

    verdict = Verdict.TRY_AGAIN

    def __init__(
        self, reason: str | None = None, *, retry_after: float | None = None, code: str = ""
    ) -> None:
        """Keep *retry_after*, the seconds the provider asked for, if it said."""
        super().__init__(reason, code=code)
        self.retry_after = retry_after


class Unreachable(ChannelError):
    """The provider did not take the request."""

    verdict = Verdict.TRY_AGAIN


class Uncertain(ChannelError):
    """The provider was asked and no answer was heard."""

    verdict = Verdict.LOOK_UP


class Refused(ChannelError):
    """The provider refused."""


class WindowClosed(ChannelError):
    """The provider no longer allows free text to this customer."""


class OptedOut(ChannelError):
    """The customer does not want messages at this address."""


class MarketingStopped(OptedOut):
    """The customer wants no marketing at this address; answers still reach them."""


class Misconfigured(ChannelError):
    """The channel's own account or settings are wrong."""
