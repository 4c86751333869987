"""People as fixtures: what Ana types, clicks, submits; each with the event or payload Slack would send."""

from typing import TYPE_CHECKING

from tests.providers.slack.state import Account

if TYPE_CHECKING:
    from tests.providers.slack.server import SlackLookAlike


class Person:
    """One person of (or a stranger to) the workspace."""

    def __init__(self, slack: "SlackLookAlike", account: Account) -> None:
        self.slack = slack
        self.account = account

    @property
    def id(self) -> str:
        return self.account.id
