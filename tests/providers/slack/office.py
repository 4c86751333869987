"""What admins and the platform do: Slack channels, accounts, archives, unfurls, other bots, lost tokens."""

from typing import TYPE_CHECKING, cast

from tests.providers.slack.chat import changed, event_of
from tests.providers.slack.people import Person
from tests.providers.slack.shapes import channel_json, message_json, user_json
from tests.providers.slack.state import Account, Json, Message, SlackChannel, Workspace

if TYPE_CHECKING:
    from tests.providers.slack.server import SlackLookAlike


class Office:
    """The part of the look-alike that changes the workspace; each change comes as its event."""

    def __init__(self, space: Workspace) -> None:
        self.space = space
        self.people: dict[str, Person] = {}

    @property
    def team_id(self) -> str:
        return self.space.team_id

    def add_channel(self, name: str, *, private: bool = False, bot: bool = True) -> str:
        """A Slack channel with everybody of the workspace in it; its id."""
        people = [a.id for a in self.space.accounts.values() if bot or a.id != self.space.bot_user]
        channel = SlackChannel(id=self.space.new_id("C"), name=name, private=private, members=people)
        self.space.channels[channel.id] = channel
        return channel.id

    def add_person(
        self,
        name: str,
        *,
        email: str = "",
        team_id: str = "",
        guest: bool = False,
        deleted: bool = False,
        locale: str = "en-US",
        zone: str = "Europe/Lisbon",
    ) -> Person:
        """A person, in every Slack channel there is; another `team_id` makes a stranger (Slack Connect)."""
        account = Account(
            id=self.space.new_id("U"),
            name=name,
            team_id=team_id or self.team_id,
            email=email,
            guest=guest,
            deleted=deleted,
            locale=locale,
            zone=zone,
        )
        self.space.accounts[account.id] = account
        for channel in self.space.channels.values():
            if not channel.direct:
                channel.members.append(account.id)
        person = self.people[account.id] = Person(cast("SlackLookAlike", self), account)
        return person

    def archive(self, channel: str) -> None:
        """Nobody can post there until `unarchive`."""
        self._turn(channel, archived=True)

    def unarchive(self, channel: str) -> None:
        """Open it again."""
        self._turn(channel, archived=False)

    def rename(self, channel: str, name: str) -> None:
        """Same id, other name."""
        found = self.space.channel(channel)
        found.name = name
        self._tell(found, "rename", channel=channel_json(self.space, found))

    def share(self, channel: str) -> None:
        """Share it with another workspace (Slack Connect)."""
        self.space.channel(channel).shared = True
        self.space.happen(
            {
                "type": "channel_shared",
                "connected_team_id": "T0ELSEWHERE",
                "channel": channel,
                "event_ts": self.space.new_ts(),
            }
        )

    def remove_bot(self, channel: str) -> None:
        """Take the bot out of a Slack channel."""
        self._member("member_left_channel", channel, joins=False)

    def invite_bot(self, channel: str) -> None:
        """Take the bot (again) into a Slack channel."""
        self._member("member_joined_channel", channel, joins=True)

    def change_account(self, user: str, **fields: object) -> None:
        """Change fields of an account (deleted, guest, name, email, ...) and tell of it."""
        account = self.space.accounts[user]
        for name, value in fields.items():
            setattr(account, name, value)
        shown = user_json(self.space, account, locale=True, email="users:read.email" in self.space.scopes)
        self.space.happen({"type": "user_change", "user": shown, "event_ts": self.space.new_ts()})

    def unfurl(self, message: Message) -> None:
        """Slack adds a preview: message_changed with the same text and no `edited`."""
        changed(self.space, message, message_json(self.space, message))

    def other_bot_posts(self, channel: str, text: str, *, thread_ts: str | None = None) -> Message:
        """Another app's post, as bot_message."""
        account = Account(id=self.space.new_id("U"), name="other bot", team_id=self.team_id, bot=True)
        self.space.accounts[account.id] = account
        message = Message(
            channel=channel,
            ts=self.space.new_ts(),
            user=account.id,
            text=text,
            thread_ts=thread_ts,
            subtype="bot_message",
            bot_id=self.space.new_id("B"),
            app_id=self.space.new_id("A"),
        )
        self.space.channel(channel).put(message)
        self.space.happen(event_of(self.space, message))
        return message

    def revoke_tokens(self, error: str = "token_revoked") -> None:
        """Every call is refused with this code from now on; tokens_revoked is told."""
        self.space.auth_error = error
        self.space.happen(
            {
                "type": "tokens_revoked",
                "tokens": {"oauth": [], "bot": [self.space.bot_user]},
                "event_ts": self.space.new_ts(),
            }
        )

    def uninstall(self) -> None:
        """The app is taken out of the workspace."""
        self.space.auth_error = "account_inactive"
        self.space.happen({"type": "app_uninstalled", "event_ts": self.space.new_ts()})

    def _turn(self, channel: str, *, archived: bool) -> None:
        found = self.space.channel(channel)
        found.archived = archived
        admin = next((m for m in found.members if m != self.space.bot_user), self.space.bot_user)
        self._tell(found, "archive" if archived else "unarchive", channel=channel, user=admin)

    def _member(self, kind: str, channel: str, *, joins: bool) -> None:
        found = self.space.channel(channel)
        if joins:
            found.members.append(self.space.bot_user)
        else:
            found.members.remove(self.space.bot_user)
        self.space.happen(
            {
                "type": kind,
                "user": self.space.bot_user,
                "channel": channel,
                "channel_type": "C",
                "team": self.team_id,
                "event_ts": self.space.new_ts(),
            }
        )

    def _tell(self, place: SlackChannel, what: str, **more: object) -> None:
        kind = "group" if place.private else "channel"
        event: Json = {"type": f"{kind}_{what}", "event_ts": self.space.new_ts(), **more}
        self.space.happen(event)
