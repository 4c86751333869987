"""Who a WhatsApp message is from: a number, an identifier that holds in our business alone, or both.

Since 2026 who has a user name may hide the number: `from` and `wa_id` are then absent and only the
identifier is there. Source:
https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
"""

from dataclasses import dataclass
from typing import Any, Final

from bots.json_body import Json, table, tables, text

SCHEME: Final = "whatsapp:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody by their *address*; *also* is the other one, where both are known."""

    address: str
    also: tuple[str, ...] = ()
    name: str = ""


def address_of(number: str, user_id: str = "") -> str:
    """Make an address of a number (its digits), else of the identifier; empty where there is neither."""
    if number.isascii() and number.isdigit():
        return f"{SCHEME}+{number}"
    return f"{SCHEME}{user_id or number}" if user_id or number else ""


class People:
    """The people that one change names under `contacts`."""

    __slots__ = ("_known",)

    def __init__(self, contacts: Any) -> None:
        """Keep those that are objects."""
        self._known = tables(contacts)

    def find(self, number: str, user_id: str) -> Person | None:
        """Tell who has the *number* or the *user_id*, each of which may be empty; None if nobody can be."""
        card = self._card(number, user_id)
        number = number or text(card.get("wa_id"))
        user_id = user_id or text(card.get("user_id"))
        address = address_of(number, user_id)
        if not address:
            return None
        other = SCHEME + user_id if user_id else ""
        also = (other,) if other and other != address else ()
        return Person(address=address, also=also, name=_name(card))

    def _card(self, number: str, user_id: str) -> Json:
        for card in self._known:
            if (number and card.get("wa_id") == number) or (user_id and card.get("user_id") == user_id):
                return card
        # A message that names nobody is from the only one who is named.
        alone = len(self._known) == 1 and not number and not user_id
        return self._known[0] if alone else {}


def _name(card: Json) -> str:
    profile = table(card.get("profile"))
    return text(profile.get("name")) or text(profile.get("username"))
