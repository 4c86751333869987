"""The parts of a scenario, as they are written in JSON; docs/scenarios.md tells them to people."""

from datetime import timedelta
from typing import Any, Literal

from pydantic import Field, model_validator

from config.spans import Clock, Span, Whole, Zone
from inbox.touches.scenario_words import BirthdayWritten, Part, When

EVENTS = (
    *("says", "reacts", "stops", "starts", "auto_reply", "echo", "answers", "closed", "visits", "rated"),
    *("complains", "complaint_ends", "agent_holds", "agent_releases", "agent_takes"),
    *("buys", "returned", "returns", "cancelled", "delivered", "moved", "merged", "birthday_changed"),
    *("consents", "refuses", "deceased", "moves_to", "pause", "resume", "restore"),
)
EventKind = Literal[EVENTS]  # type: ignore[valid-type]
ChannelKind = Literal["sms", "telegram", "webchat", "whatsapp", "messenger", "email"]


class ClockPart(Part):
    """Which time is lived through."""

    from_: When = Field(alias="from", description="When the scenario begins, like '2027-03-01T00:00:00Z'.")
    to: When = Field(description="When it ends.")

    @model_validator(mode="after")
    def _goes_forward(self) -> "ClockPart":
        if not self.from_ < self.to <= self.from_ + timedelta(days=3700):
            raise ValueError("to must be after from, by ten years at most")
        return self


class AccountPart(Part):
    """Ours."""

    zone: Zone = Field(default="UTC", description="The account's time zone.")
    country: str = Field(default="", pattern=r"^([A-Z]{2})?$", description="Like 'PT'.")
    language: str = Field(default="en", description="The account's language.")
    business: str = Field(default="Tidings", description="The name customers see.")
    channels: tuple[str, ...] = Field(default=(), description="The order in which channels are tried.")


class ClosingPart(Part):
    """What a provider's code says of an address."""

    reason: str = Field(description="A reason, like 'blocked'.")
    for_: Span | None = Field(default=None, alias="for", description="How long; for good if left out.")


class ChannelPart(Part):
    """One channel; what is left out is as its kind has it."""

    name: str = Field(min_length=1, description="How addresses name it.")
    kind: ChannelKind = Field(description="What it is.")
    window: Span | None = Field(default=None, description="How long after their words free text may go.")
    margin: Span | None = Field(default=None, description="Kept from the window's end.")
    templates: dict[str, tuple[str, ...]] | None = Field(default=None, description="Approved, by language.")
    no_marketing_to: tuple[str, ...] | None = Field(default=None, description="Calling codes, like '1'.")
    registered: bool = Field(default=True, description="Whether it may carry marketing at all.")
    rate: float | None = Field(default=None, gt=0, description="Messages a second.")
    a_day: Whole | None = Field(default=None, ge=0, description="The most in a day.")
    closes: dict[str, ClosingPart] = Field(default_factory=dict, description="By the provider's codes.")


class ConsentPart(Part):
    """One word about consent."""

    word: Literal["opted_in", "opted_out", "stopped"] = Field(default="opted_in", description="What.")
    subject: str = Field(default="marketing", description="About what, like 'birthday'.")
    at: When | None = Field(default=None, description="When it was said.")
    until: When | None = Field(default=None, description="When it runs out.")
    source: str = Field(default="form", description="Where it was said.")


class AddressPart(Part):
    """One way to reach a customer."""

    address: str = Field(min_length=1, description="Like 'tel:+351912345678' or 'telegram:42'.")
    channel: str = Field(default="", description="The channel's name; left out, the one of its kind.")
    consent: Literal["opted_in", "opted_out", "none"] | ConsentPart | tuple[ConsentPart, ...] = Field(
        default="opted_in", description="opted_in, opted_out, none, or what was said about what."
    )
    last_in_at: When | None = Field(default=None, description="When they last wrote from there.")
    written: Whole = Field(default=0, ge=0, le=1000, description="What they wrote in the last 90 days.")
    blocked: bool | When = Field(default=False, description="Whether they blocked us, or until when.")


class CustomerPart(Part):
    """One customer."""

    id: str = Field(min_length=1, description="How the scenario names them.")
    name: str = Field(default="", description="Their name.")
    language: str = Field(default="", description="Like 'pt-BR'.")
    birthday: BirthdayWritten | None = Field(default=None, description="'1990-03-02' or '--03-02'.")
    birthday_told_at: When | None = Field(default=None, description="When we were last told it.")
    birthday_fault: str = Field(default="", description="Why it is set aside, like 'placeholder_birthdate'.")
    bulk: bool = Field(default=False, description="Whether the birthday came with an import.")
    feb29: Literal["", "feb28", "mar1"] = Field(default="", description="Their own rule for 29 February.")
    zone: str = Field(default="", description="The zone they told us.")
    device_zone: str = Field(default="", description="The zone seen at their browser.")
    region: str = Field(default="", description="Like 'US-FL'.")
    country: str = Field(default="", pattern=r"^([A-Z]{2})?$", description="Like 'PT'.")
    tier: str = Field(default="", description="platinum, gold, iron or lead.")
    tags: tuple[str, ...] = Field(default=(), description="Their tags.")
    preferred_channel: str = Field(default="", description="The channel they asked for.")
    quiet: tuple[Clock, Clock] | None = Field(default=None, description="Hours in which they want nothing.")
    created_at: When | None = Field(default=None, description="When they came; long ago if left out.")
    deceased: bool = Field(default=False, description="Whether they have died.")
    merged_into: str = Field(default="", description="The customer they are one with.")
    merged_at: When | None = Field(default=None, description="When that was found; before it begins.")
    addresses: tuple[AddressPart, ...] = Field(default=(), description="Ways to reach them.")


class OrderPart(Part):
    """One order."""

    number: str = Field(min_length=1, description="The shop's number.")
    customer: str = Field(description="Whose.")
    placed_at: When = Field(description="When it was placed.")
    delivered_at: When | None = Field(default=None, description="When it came.")
    returned_at: When | None = Field(default=None, description="When it went back.")
    cancelled_at: When | None = Field(default=None, description="When it was called off.")
    total: Whole = Field(default=0, ge=0, description="In minor units: cents.")
    currency: str = Field(default="", description="Like 'EUR'.")
    goods: str = Field(default="", description="What it was, in words.")


class EventPart(Part):
    """Something that happens."""

    at: When = Field(description="When.")
    kind: EventKind = Field(description=f"One of {', '.join(EVENTS)}.")
    customer: str = Field(default="", description="To whom; pause, resume and restore need none.")
    address: str = Field(default="", description="From where; left out, their first address.")
    channel: str = Field(default="", description="Or over which channel.")
    text: str = Field(default="", description="What is said.")
    order: str = Field(default="", description="Which order.")
    delivered_at: When | None = Field(default=None, description="When it comes, if moved.")
    into: str = Field(default="", description="With whom they are one.")
    birthday: BirthdayWritten | None = Field(default=None, description="The birthday it is now.")
    bulk: bool = Field(default=False, description="Whether that came with an import.")
    subject: str = Field(default="marketing", description="What a consent is about.")
    zone: str = Field(default="", description="Where they are now.")
    rating: Whole | None = Field(default=None, ge=0, le=10, description="How good.")
    of: When | None = Field(default=None, description="Of when the restored copy is.")


class OutagePart(Part):
    """Something that does not work for a while."""

    channel: str = Field(description="A channel's name, or 'service' for all of tidings.")
    from_: When = Field(alias="from", description="Since when.")
    to: When = Field(description="Until when.")
    how: str = Field(
        default="down",
        description="down, transient, unknown, blocked, undeliverable, per_user_limit, opted_out "
        "or the provider's own code.",
    )
    address: str = Field(default="", description="Only there.")


class ScenarioPart(Part):
    """A scenario, whole."""

    clock: ClockPart = Field(description="Which time is lived through.")
    account: AccountPart = Field(default=AccountPart(), description="Ours.")
    policy: dict[str, Any] = Field(default_factory=dict, description="Limits that differ.")
    touches: tuple[str | dict[str, Any], ...] = Field(default=("birthday",), description="What is on.")
    wording: dict[str, str] = Field(default_factory=dict, description="Texts, like {'birthday.en': …}.")
    channels: tuple[ChannelPart, ...] = Field(default=(), description="What we have.")
    customers: tuple[CustomerPart, ...] = Field(default=(), description="Whom we know.")
    orders: tuple[OrderPart, ...] = Field(default=(), description="What they bought.")
    events: tuple[EventPart, ...] = Field(default=(), description="What happens.")
    outages: tuple[OutagePart, ...] = Field(default=(), description="What does not work.")
    note: str = Field(default="", description="What it is about, for who reads it.")
