"""What calls of the API say and hear; the description that is served is made from these."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from storage.batch import storable

MOST: Final = 1_000
NAMES: Final = ("ref", "phone", "email")
CENTS: Final = 2**53 - 1

Key = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), AfterValidator(storable)]
Words = Annotated[str, Field(max_length=2_000), AfterValidator(storable)]
Date = Annotated[str, Field(pattern=r"^(\d{4}-|--)\d{2}-\d{2}$", description="1990-12-31, or --12-31.")]
Minor = Annotated[int, Field(ge=-CENTS, le=CENTS, description="In minor units: 1250 is 12.50 EUR.")]


class Told(BaseModel):
    """Everything that is sent: nothing unknown is let in."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Who(Told):
    """Which customer is meant: by one of these, or several that agree."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": [one], "properties": {one: {"type": "string"}}} for one in NAMES]
        }
    )

    ref: Key | None = Field(default=None, description="The shop's own reference.")
    phone: Key | None = Field(default=None, description="+34600123456, or of the account's country.")
    email: Key | None = None


class Consent(Told):
    """What a customer allowed, and what shows that they did."""

    subject: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")] = Field(
        default="marketing", description="A subject of the account's policy, or marketing for all."
    )
    wording: Words = Field(default="", description="What the customer read.")
    proof: Annotated[str, Field(min_length=1, max_length=2_000)] = Field(
        description="Where and when they said it: a form's number, a call."
    )
    at: AwareDatetime | None = None


class CustomerIn(Who):
    """A customer; what is left out changes nothing."""

    name: Annotated[str, Field(max_length=500)] | None = None
    birthday: Date | None = None
    language: Annotated[str, Field(max_length=35)] | None = None
    zone: Annotated[str, Field(max_length=64)] | None = Field(default=None, description="Europe/Lisbon")
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    region: Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$")] | None = None
    tier: Literal["platinum", "gold", "iron", "lead"] | None = None
    tags: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=100)] | None = None
    account_manager: Annotated[str, Field(max_length=64)] | None = None
    preferred_channel: Annotated[str, Field(max_length=64)] | None = None
    consents: Annotated[list[Consent], Field(max_length=20)] = []


class LineIn(Told):
    """One line of an order."""

    sku: Words = ""
    name: Words = ""
    quantity: Annotated[int, Field(ge=1, le=10**9)] = 1
    price: Minor = 0
    cost: Minor | None = None


class OrderIn(Told):
    """An order; of one that is known, what is left out stays."""

    number: Key
    customer: Who | None = Field(default=None, description="Whose it is; a new order needs it.")
    placed_at: AwareDatetime | None = Field(default=None, description="A new order needs it.")
    delivered_at: AwareDatetime | None = None
    returned_at: AwareDatetime | None = None
    cancelled_at: AwareDatetime | None = None
    total: Minor | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    summary: Words = ""
    lines: Annotated[list[LineIn], Field(max_length=500)] | None = None


class Happened(Told):
    """What every event has."""

    id: Key | None = Field(default=None, description="Yours; the same twice counts once.")
    at: AwareDatetime


class OfOrder(Happened):
    """An order was delivered, returned or cancelled."""

    kind: Literal["delivered", "returned", "cancelled"]
    order: Key


class OfCustomer(Happened):
    """A complaint began or ended, or the customer came by."""

    kind: Literal["complained", "complaint_ended", "visited"]
    customer: Who
    order: Key | None = None
    words: Words = ""


class Rated(Happened):
    """The customer gave stars."""

    kind: Literal["rated"]
    customer: Who
    stars: Annotated[int, Field(ge=1, le=5)]
    order: Key | None = None
    words: Words = ""


class Consented(Happened):
    """The customer allowed something at the number or e-mail address named."""

    kind: Literal["consented"]
    customer: Who
    subject: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")] = "marketing"
    wording: Words = ""
    proof: Annotated[str, Field(min_length=1, max_length=2_000)]


class Stopped(Happened):
    """The customer wants nothing more at the addresses named, or at any if none is."""

    kind: Literal["stopped"]
    customer: Who
    words: Words = ""


class BirthdayTold(Happened):
    """The customer told their birthday."""

    kind: Literal["birthday_told"]
    customer: Who
    birthday: Date


EventIn = Annotated[
    OfOrder | OfCustomer | Rated | Consented | Stopped | BirthdayTold, Field(discriminator="kind")
]


class CustomersIn(Told):
    """Up to a thousand customers, kept all or none."""

    customers: Annotated[list[CustomerIn], Field(min_length=1, max_length=MOST)]


class OrdersIn(Told):
    """Up to a thousand orders, kept all or none."""

    orders: Annotated[list[OrderIn], Field(min_length=1, max_length=MOST)]


class EventsIn(Told):
    """Up to a thousand events, kept all or none, in this order."""

    events: Annotated[list[EventIn], Field(min_length=1, max_length=MOST)]


class Became(BaseModel):
    """What became of one: made, changed, same, or known (an event told before)."""

    id: str = Field(description="The key that tidings gave it.")
    what: Literal["made", "changed", "same", "known"]
    notices: list[str] = Field(default=[], description="What was left out, and why.")


class Answer(BaseModel):
    """What became of each, in the order of the call."""

    kept: list[Became]


class Fault(BaseModel):
    """Where in the call something is wrong, and what."""

    where: str = Field(description="Like customers.3.phone; empty for the whole call.")
    what: str


class Refusal(BaseModel):
    """Why nothing was kept."""

    error: Fault
