"""The look-alikes of Messenger and Instagram, as the promises need them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.bots.meta_page_hooks import PERSON
from tests.providers.faults import Faults
from tests.providers.meta_page import MetaPageLookAlike
from tests.providers.meta_page.records import Customer, Kind


@dataclass(frozen=True, slots=True)
class Running:
    """The look-alike, with a customer who just wrote."""

    meta: MetaPageLookAlike

    @property
    def section(self) -> dict[str, Any]:
        return {"base_url": self.meta.base_url}

    @property
    def faults(self) -> Faults:
        return self.meta.faults

    def texts(self) -> Sequence[str]:
        return [one.text for one in self.meta.sent]

    def opts_out(self) -> None:
        raise AssertionError("Meta has no such answer")


@asynccontextmanager
async def running(kind: Kind) -> AsyncIterator[Running]:
    """Run a look-alike that knows the customer of the cases."""
    meta = MetaPageLookAlike(kind=kind)
    await meta.start()
    meta.customers[PERSON] = Customer(id=PERSON, name="Ana", last_said=datetime.now(UTC))
    try:
        yield Running(meta)
    finally:
        await meta.stop()
