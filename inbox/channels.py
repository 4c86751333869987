"""The channels and the Slack face, from their sections of TOML and the environment."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from pydantic import BaseModel

import bots
from bots.channel import Channel
from config.errors import Mistake, meant, together
from config.filling import HOUSE_KEY, OLD_HOUSE_KEY, Source, fill, variables
from config.settings import Settings
from config.where import Place
from inbox.desk.slack.settings import SlackSettings

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
TAKEN = ("assign", "media", "slack", "slack-cards", "slack-marks", "touches")  # lanes and loops of our own


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account of ours at a provider: the section's *name*, the folder's *kind*, what was written."""

    name: str
    kind: str
    folder: ModuleType
    section: Mapping[str, Any]

    @property
    def prefix(self) -> str:
        """What stands before the names of its variables in the environment."""
        return "" if self.name == self.kind else f"{self.name.upper().replace('-', '_')}_"


def open_channels(settings: Settings) -> dict[str, Channel]:
    """Open every channel that is switched on, by name; raises Mistake with every mistake found."""
    opened: dict[str, Channel] = {}
    mistakes: list[Mistake] = []
    for account in accounts(settings):
        try:
            opened[account.name] = open_channel(account, settings)
        except Mistake as mistake:
            mistakes.append(mistake)
    if mistakes:
        raise together(mistakes)
    return opened


def open_channel(account: Account, settings: Settings) -> Channel:
    """Open one channel; no connection is made. Raises Mistake."""
    channel: Channel = account.folder.open_channel(settings_of(account, settings), account.name)
    return channel


def settings_of(account: Account, settings: Settings) -> BaseModel:
    """Make the account's settings; raises Mistake."""
    model: type[BaseModel] = account.folder.Settings
    written = {key: value for key, value in account.section.items() if key != "kind"}
    place = ("channels", account.name)
    return fill(model, written, told_of(settings), place=place, prefix=account.prefix)


def speechless(channels: Mapping[str, Channel]) -> dict[str, str]:
    """Name each channel that cannot be written over, with the first of its scheme that can, or nothing."""
    write = {one.spec.scheme: name for name, one in reversed(list(channels.items())) if one.spec.writes}
    return {name: write.get(one.spec.scheme, "") for name, one in channels.items() if not one.spec.writes}


def accounts(settings: Settings) -> list[Account]:
    """List the channels that are on: those written, and those whose secrets are in the environment."""
    written = [_account(name, section, settings.source) for name, section in settings.channels.items()]
    return [*written, *_unwritten(settings)]


def account_called(word: str, settings: Settings) -> Account:
    """Find the account named *word*, else the first of that kind, else that kind unwritten.

    Raises Mistake, which lists the kinds that are here.
    """
    on = accounts(settings)
    for account in (*(a for a in on if a.name == word), *(a for a in on if a.kind == word)):
        return account
    return Account(name=word, kind=word, folder=_folder(word, (), settings.source), section={})


def slack_settings(settings: Settings) -> SlackSettings | None:
    """Make the Slack face's settings; None where it is neither written nor in the environment.

    Raises Mistake.
    """
    if settings.slack is None and not wanted(SlackSettings, settings.source.env):
        return None
    slack = fill(SlackSettings, settings.slack or {}, told_of(settings), place=("slack",))
    if not (slack.socket_mode or slack.over_http):
        what = "SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are both missing from the environment."
        known = {variable.name: variable.where for variable in variables(SlackSettings)}
        remedy = f"Set one. For Socket Mode, which needs no public address: {known['SLACK_APP_TOKEN']}."
        raise settings.source.mistake(("slack",), what, remedy)
    teamless = [team.key for team in settings.policy.teams if not (team.slack_channel or slack.channel)]
    if teamless:
        what = f"No Slack channel for {', '.join(teamless)}."
        remedy = "Write slack_channel in [[teams]], or channel in [slack]."
        raise settings.source.mistake(("slack",), what, remedy)
    return slack


def wanted(model: type[BaseModel], env: Mapping[str, str], prefix: str = "") -> bool:
    """Whether the environment holds anything that *model* cannot do without; half of it is a mistake."""
    needed = (v.name for v in variables(model, prefix) if v.required and v.name != HOUSE_KEY)
    return any(env.get(name) for name in needed)


def told_of(settings: Settings) -> Source:
    """What the operator said, and the secret key that was made if they gave none."""
    source = settings.source
    keys = {
        HOUSE_KEY: settings.secret_key.get_secret_value(),
        OLD_HOUSE_KEY: settings.old_secret_key.get_secret_value(),
    }
    env = {**source.env, **{name: key for name, key in keys.items() if key}}
    return Source(file=source.file, text=source.text, env=env)


def _unwritten(settings: Settings) -> Iterator[Account]:
    for kind in bots.kinds():
        if kind not in settings.channels:
            folder = bots.find(kind)
            if wanted(folder.Settings, settings.source.env):
                yield Account(name=kind, kind=kind, folder=folder, section={})


def _account(name: str, section: Mapping[str, Any], source: Source) -> Account:
    place: Place = ("channels", name)
    if not NAME.fullmatch(name) or name in TAKEN:
        remedy = "Take a short word of small letters and digits, which is part of the hooks' address."
        raise source.mistake(place, f"A channel cannot be named {name!r}.", remedy)
    kind = section.get("kind", name)
    place = (*place, "kind") if "kind" in section else place
    return Account(name=name, kind=str(kind), folder=_folder(str(kind), place, source), section=section)


def _folder(kind: str, place: Place, source: Source) -> ModuleType:
    known = bots.kinds()
    if kind not in known:
        remedy = f"{meant(kind, known)} For an account with a name of its own, say its kind."
        raise source.mistake(place, f"There is no kind of channel {kind!r}.", remedy)
    return bots.find(kind)
