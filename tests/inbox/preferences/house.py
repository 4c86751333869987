"""A house with a customer who has a page of their own."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update

from inbox.preferences.links import Links
from storage.tables import addresses, allowances, consents, customers, orders
from tests.inbox.desk.web.house import House

NUMBER = "tel:+351912345408"


@dataclass(slots=True, kw_only=True)
class Guest:
    """One customer, with a text number and a Telegram chat."""

    house: House
    id: int
    sms: int
    telegram: int

    @property
    def links(self) -> Links:
        settings = self.house.app.settings
        return Links(settings.secret_key.get_secret_value(), settings.public_url)

    @property
    def path(self) -> str:
        """The path of their page."""
        return f"/p/{self.links.token(self.id, self.house.app.clock())}"

    async def words(self) -> list[tuple[int, str, str]]:
        """Give the ledger: address, word, subject, in order."""
        return [(row.address_id, row.word, row.subject) for row in await self.ledger()]

    async def ledger(self) -> list[Any]:
        async with self.house.app.database.reading() as connection:
            return list((await connection.execute(select(consents).order_by(consents.c.id))).all())

    async def allowed(self) -> dict[tuple[int, str], bool]:
        async with self.house.app.database.reading() as connection:
            rows = (await connection.execute(select(allowances))).all()
        return {(row.address_id, row.subject): row.allowed for row in rows}

    async def row(self) -> Any:
        async with self.house.app.database.reading() as connection:
            return (await connection.execute(select(customers).where(customers.c.id == self.id))).one()

    async def change(self, **values: Any) -> None:
        async with self.house.app.database.writing() as connection:
            await connection.execute(update(customers).where(customers.c.id == self.id).values(**values))


async def guest(house: House, name: str = "Marta Figueiredo", language: str = "en", **values: Any) -> Guest:
    """Keep a customer with two addresses and one order."""
    ids, now = house.app.database.ids, house.app.clock()
    customer, sms, telegram = ids.next(), ids.next(), ids.next()
    person = {"name": name, "language": language, "tier": "platinum", "zone": "Europe/Lisbon", **values}
    async with house.app.database.writing() as connection:
        await connection.execute(insert(customers).values(id=customer, created_at=now, **person))
        for key, address, channel in ((sms, NUMBER, "sms"), (telegram, "telegram:7700042", "telegram")):
            await connection.execute(
                insert(addresses).values(
                    id=key, customer_id=customer, address=address, channel=channel, created_at=now
                )
            )
        await connection.execute(
            insert(orders).values(
                id=ids.next(),
                customer_id=customer,
                number="A1",
                placed_at=now - timedelta(days=260),
                changed_at=now,
                summary="a jar of olives",
                total=1250,
                currency="EUR",
            )
        )
    return Guest(house=house, id=customer, sms=sms, telegram=telegram)
