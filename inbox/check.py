"""What is configured, what is missing and where to get it; nothing is started and nobody is asked."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretStr

import bots
from config.errors import Mistake
from config.filling import HOUSE_KEY, HOUSE_KEYS, OLD_HOUSE_KEY, variables
from config.retention import soonest
from config.sealed import seals_of
from config.settings import Settings
from config.touches import book_of
from inbox.channels import Account, accounts, settings_of, slack_settings
from inbox.check_places import of_places
from inbox.desk.beginning import may_begin
from inbox.desk.slack.manifest import EVENTS_PATH
from inbox.desk.slack.settings import SlackSettings
from inbox.findings import Finding
from inbox.secret import kept, with_any_secret

CODED = ("tel", "mailto")
HERE = ("localhost", "127.0.0.1", "::1")


def check(settings: Settings) -> list[Finding]:
    """Look at everything before it starts; raises Mistake where not even the channels can be listed."""
    on, keyed = accounts(settings), with_any_secret(settings)
    return [
        *(_of_channel(account, keyed) for account in on),
        *_off(settings, {account.kind for account in on}),
        _of_slack(settings),
        _of_touches(settings, [account.name for account in on]),
        _of_join(settings, on),
        _of_retention(settings),
        _of_api(settings),
        _of_public_url(settings),
        *of_places(settings),
        _of_secret(settings),
        *_of_seals(settings),
    ]


def secret_values(settings: Settings) -> Iterator[BaseModel]:
    """Yield the settings of every channel and of Slack, which hold secrets; raises Mistake."""
    yield from (settings_of(account, settings) for account in accounts(settings))
    if slack := slack_settings(settings):
        yield slack


def _of_channel(account: Account, settings: Settings) -> Finding:
    try:
        made = settings_of(account, settings)
    except Mistake as mistake:
        return _missing(account.name, mistake)
    words = f"{account.folder.SPEC.label}, hooks at {settings.public_url}/hooks/{account.name}"
    words += _before(made, account.prefix)
    return Finding(what=account.name, state="ok", words=words)


def _before(settings: BaseModel, prefix: str = "") -> str:
    """Say which secrets of before still stand beside those of today."""
    named = {variable.field: variable.name for variable in variables(type(settings), prefix)}
    old = [name for name in type(settings).model_fields if name.startswith("old_") and _text(settings, name)]
    told = [named.get(name, name) for name in old]
    return _old(" and ".join(name for name in told if name not in HOUSE_KEYS))


def _text(settings: BaseModel, name: str) -> str:
    value = getattr(settings, name)
    return value.get_secret_value() if isinstance(value, SecretStr) else value or ""


def _off(settings: Settings, on: set[str]) -> Iterator[Finding]:
    for kind in bots.kinds():
        if kind not in on:
            words = f"To switch it on: {_needs(bots.find(kind).Settings) or f'write [channels.{kind}].'}"
            yield Finding(what=kind, state="off", words=words)


def _needs(model: type[BaseModel]) -> str:
    needed = [v for v in variables(model) if v.needed and v.name != HOUSE_KEY]
    told = [f"{v.name} ({v.where.rstrip('.')})" if v.where else v.name for v in needed]
    return f"set {', '.join(told)}." if told else ""


def _of_slack(settings: Settings) -> Finding:
    try:
        slack = slack_settings(settings)
    except Mistake as mistake:
        return _missing("slack", mistake)
    if slack is None:
        return Finding(what="slack", state="off", words=f"To switch it on: {_needs(SlackSettings)}")
    words = "Socket Mode" if slack.socket_mode else f"events at {settings.public_url}{EVENTS_PATH}"
    words += _before(slack)
    return Finding(what="slack", state="ok", words=words)


def _of_retention(settings: Settings) -> Finding:
    """Say what goes by age, and what is kept for ever."""
    days = {"journal": soonest(settings.journal_days, settings.retention.messages_days)}
    days |= {name.removesuffix("_days"): value for name, value in settings.retention}
    told = [f"{name} {f'{value} days' if value else 'for ever'}" for name, value in days.items()]
    return Finding(what="kept", state="ok", words=", ".join(told))


def _of_touches(settings: Settings, channels: list[str]) -> Finding:
    try:
        book = book_of(settings, channels)
    except Mistake as mistake:
        return _missing("touches", mistake)
    if not book.touches:
        return Finding(what="touches", state="off", words="To switch some on: name them in [touches] on.")
    return Finding(what="touches", state="ok", words=", ".join(touch.key for touch in book.touches))


def _of_join(settings: Settings, on: Sequence[Account]) -> Finding:
    """Say whether a number or a mailbox can be typed at /join, and where codes go."""
    knobs, own = settings.join, settings.touches.country
    if not knobs.form:
        return Finding(what="join form", state="off", words="To switch it on: form = true in [join].")
    over = [one.name for one in on if one.folder.SPEC.scheme in CODED and may_begin(one.folder.SPEC)]
    if not over:
        return Finding(what="join form", state="missing", words="No channel for texts or mail is on.")
    countries = ", ".join(knobs.countries or filter(None, [own]))
    words = (
        f"{settings.public_url}/join, codes over {', '.join(over)}, numbers of {countries or 'any country'}"
    )
    if not countries:
        words += ": name yours as countries in [join], for texts abroad are how fraud earns"
    return Finding(what="join form", state="ok", words=words)


def _of_api(settings: Settings) -> Finding:
    if not settings.api_token.get_secret_value():
        return Finding(what="api", state="off", words="To switch it on: set TIDINGS_API_TOKEN.")
    old = _old("TIDINGS_OLD_API_TOKEN" if settings.old_api_token.get_secret_value() else "")
    return Finding(what="api", state="ok", words=f"calls at {settings.public_url}/api/v1{old}")


def _missing(what: str, mistake: Mistake) -> Finding:
    return Finding(what=what, state="missing", words=" ".join(map(str, mistake.every())))


def _of_public_url(settings: Settings) -> Finding:
    words = settings.public_url
    if urlsplit(words).hostname in HERE:
        words += " (this machine only: providers cannot call us; set public_url once they should)"
    return Finding(what="public address", state="ok", words=words)


def _of_secret(settings: Settings) -> Finding:
    env = settings.source.env
    if env.get(HOUSE_KEY):
        words = f"from {HOUSE_KEY}{_old(OLD_HOUSE_KEY if env.get(OLD_HOUSE_KEY) else '')}"
        if env.get(OLD_HOUSE_KEY) and not settings.mark_key.get_secret_value():
            words += "; set TIDINGS_MARK_KEY to the first there was, for who was erased is known by it"
        return Finding(what="secret key", state="ok", words=words)
    try:
        keys = kept(settings.secret_file, seals_of(env))
    except OSError as error:
        return Finding(what="secret key", state="missing", words=f"{settings.secret_file}: {error.strerror}.")
    words = f"{settings.secret_file}{_old('its second line' if len(keys) > 1 else '')}"
    return Finding(
        what="secret key", state="ok", words=words if keys else f"{words}, made at the first start"
    )


def _old(what: str) -> str:
    """Remind of a secret of before that still stands; of none, nothing."""
    return f"; {what} still good: take it out once nothing is signed with it any more" if what else ""


def _of_seals(settings: Settings) -> Iterator[Finding]:
    """Say which keys open what is sealed, where there are any."""
    if names := seals_of(settings.source.env).names:
        more = (
            f"; {', '.join(names[1:])} only opened: `tidings keys rotate`, then take out" if names[1:] else ""
        )
        yield Finding(what="seals", state="ok", words=f"sealed with {names[0]}{more}")
