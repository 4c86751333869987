"""What an agent can do in Slack, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackFile:
    """A file as Slack tells of it; *asking* means that only files.info knows more."""

    id: str
    name: str
    content_type: str
    size: int
    url: str
    mode: str
    asking: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Somebody wrote in a thread; *why_note* is a reason to keep it inside, or empty."""

    workspace: str
    slack_channel: str
    thread_ts: str
    ts: str
    slack_id: str
    text: str
    blocks: Sequence[Json]
    files: tuple[SlackFile, ...]
    gesture: str
    why_note: str
    team_of_author: str
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied:
    """A thread has a reply at *ts* of which nothing more was told."""

    workspace: str
    slack_channel: str
    thread_ts: str
    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Somebody changed the words or the files of a message of theirs."""

    workspace: str
    slack_channel: str
    thread_ts: str
    ts: str
    edited_ts: str
    slack_id: str
    text: str
    blocks: Sequence[Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """Somebody took a message of theirs back."""

    workspace: str
    slack_channel: str
    thread_ts: str
    ts: str
    slack_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """Somebody put the reaction *name* on a message, or took it off (*gone*)."""

    slack_channel: str
    ts: str
    slack_id: str
    name: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelChanged:
    """Something befell a Slack channel: gone (archived, left, deleted), back, shared."""

    slack_channel: str
    what: Literal["gone", "back", "shared"]
    slack_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenGone:
    """The app was taken out of the workspace or its token is no longer good."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChanged:
    """What we remember of a person is out of date."""

    slack_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clicked:
    """Somebody pressed a button of ours, on a message of these *blocks*."""

    workspace: str
    slack_channel: str
    message_ts: str
    thread_ts: str
    slack_id: str
    action: str
    value: str
    trigger_id: str
    response_url: str
    ephemeral: bool
    spoken: str
    team_of_author: str
    blocks: Sequence[Json] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """Somebody sent a modal of ours; *values* are by block and action, *blocks* what it showed at first."""

    workspace: str
    slack_id: str
    view_id: str
    callback: str
    carried: str
    values: Json
    team_of_author: str
    blocks: Sequence[Json] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """Somebody pressed or chose something inside a modal of ours, or on App Home; *kind* is modal or home.

    *carried* is the view's, *values* what is filled in so far, by block and action.
    """

    workspace: str
    slack_id: str
    team_of_author: str
    view_id: str
    kind: str
    callback: str
    carried: str
    block: str
    action: str
    value: str
    values: Json
    trigger_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Somebody searches in a modal of ours: *typed* so far, in the field *block*."""

    slack_id: str
    team_of_author: str
    callback: str
    carried: str
    block: str
    typed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commanded:
    """Somebody typed our command with these words."""

    workspace: str
    slack_id: str
    slack_channel: str
    text: str
    trigger_id: str
    response_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeOpened:
    """Somebody looks at our Home tab."""

    slack_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Somebody chose a shortcut: on a message, or anywhere (then it has no place)."""

    workspace: str
    slack_channel: str
    message_ts: str
    thread_ts: str
    slack_id: str
    callback: str
    trigger_id: str
    response_url: str
    team_of_author: str
    message: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """Nothing that concerns a customer, and why."""

    why: str


Deed = (
    Said
    | Replied
    | Changed
    | Removed
    | Noticed
    | ChannelChanged
    | TokenGone
    | PersonChanged
    | Clicked
    | Submitted
    | Pressed
    | Asked
    | Commanded
    | HomeOpened
    | Chosen
    | Nothing
)
