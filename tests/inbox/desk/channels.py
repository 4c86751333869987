"""A second channel for a house, and other addresses of its customers."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from bots.channel import Sent
from bots.errors import ChannelError
from inbox.policies import Policies
from storage.tables import addresses
from tests.inbox.house import SPEC, House, Paper

SMS = replace(SPEC, kind="sms", label="SMS", scheme="tel", phone=True, text_limit=1_000)

PHONE = replace(SPEC, kind="voice", label="Phone", scheme="tel", phone=True, writes=False, calls=True)


@dataclass(slots=True)
class Phone(Paper):
    """A telephone: calling does what the test put into `answers`."""

    rung: list[tuple[str, str, str]] = field(default_factory=list)

    async def call(self, agent: str, address: str, key: str) -> Sent:
        """Do the next thing in `answers`: raise it, or remember who was rung."""
        self.rung.append((agent, address, key))
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, ChannelError):
            raise answer
        return Sent(external_id=f"CA{len(self.rung)}")


def with_phone(house: House, **spec: Any) -> Phone:
    """Switch a telephone on; returns it."""
    phone = Phone(spec=replace(PHONE, **spec))
    house.ground.channels["voice"] = phone  # type: ignore[index]
    return phone


def give_phone(policies: Policies, key: str, number: str = "+351930000001") -> None:
    """Write an agent's phone into the policy."""
    entries = tuple(
        one.model_copy(update={"phone": number}) if one.key == key else one for one in policies.now.agents
    )
    policies._take(policies.now.model_copy(update={"agents": entries}))


def with_sms(house: House, **spec: Any) -> Paper:
    """Switch a channel of numbers on; returns it."""
    sms = Paper(spec=replace(SMS, **spec))
    house.ground.channels["sms"] = sms  # type: ignore[index]
    return sms


async def address(house: House, conversation: int, text: str = "tel:+351912345678", **values: Any) -> int:
    """Give the customer of a conversation another address; returns its key."""
    [(customer,)] = await house.rows(f"SELECT customer_id FROM conversations WHERE id = {conversation}")
    key = house.database.ids.next()
    row = {"channel": "sms", "created_at": house.clock(), **values}
    async with house.database.writing() as connection:
        await connection.execute(insert(addresses).values(id=key, customer_id=customer, address=text, **row))
    return key


async def stopped(house: House, address_id: int, at: datetime | None = None) -> None:
    """Let the customer have said stop there."""
    micros = int((at or house.clock()).timestamp()) * 1_000_000
    async with house.database.writing() as connection:
        await connection.exec_driver_sql(
            f"UPDATE addresses SET stopped_at = {micros} WHERE id = {address_id:d}"
        )
