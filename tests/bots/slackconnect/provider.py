"""The look-alike Slack as the promises need it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from tests.providers.faults import Fault, Faults
from tests.providers.slack import SlackLookAlike
from tests.providers.slack.faults import Fault as SlackFault


class Spoiling(Faults):
    """Hands faults on to the look-alike, which has its own."""

    def __init__(self, slack: SlackLookAlike) -> None:
        super().__init__()
        self.slack = slack

    def add(self, fault: Fault) -> None:
        meant = {
            "throttle": SlackFault.throttled(fault.retry_after),
            "status": SlackFault.answers(fault.status),
            "html": SlackFault.answers(fault.status),
            "slow": SlackFault.slow(fault.seconds),
            "drop_after": SlackFault.cut_after_accepting(),
            "drop_before": SlackFault.cut_before_accepting(),
        }
        self.slack.fault("chat.postMessage", meant[fault.kind])


class Shared:
    """One Slack channel shared with Ana, of another workspace."""

    def __init__(self, slack: SlackLookAlike) -> None:
        self.slack = slack
        self.faults = Spoiling(slack)
        self.channel = slack.add_channel("shared")
        self.ana = slack.add_person("Ana", team_id="T0THEIRS")
        slack.space.channel(self.channel).shared = True

    @property
    def section(self) -> dict[str, Any]:
        files = self.slack.url.removesuffix("/api/")
        return {
            "api_url": self.slack.url,
            "bot_token": self.slack.bot_token,
            "files_origin": files,
            "signing_secret": self.slack.signing_secret,
        }

    @property
    def address(self) -> str:
        return f"slackconnect:T0THEIRS/{self.ana.id}/{self.channel}"

    def texts(self) -> Sequence[str]:
        return [one.text for one in self.slack.posts(self.channel) if one.bot_id]

    def opts_out(self) -> None:
        raise NotImplementedError


@asynccontextmanager
async def shared(**options: Any) -> AsyncIterator[Shared]:
    async with SlackLookAlike(limits=False, **options) as slack:
        slack.space.scopes |= {"im:history"}
        yield Shared(slack)
