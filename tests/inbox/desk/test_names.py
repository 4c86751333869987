"""Addresses are written for people, as the channels that have them are called."""

import pytest

from inbox.desk.names import shown_address, shown_name

SHOWN = [
    pytest.param("tel:+447700900142", "+44 7700 900142", id="a number, in groups"),
    pytest.param("tel:46645", "46645", id="a short code"),
    pytest.param("tel:+0", "+0", id="what is no number"),
    pytest.param("whatsapp:+351912345678", "WhatsApp +351 912 345 678", id="a number of an app"),
    pytest.param("whatsapp:PT.123", "WhatsApp PT.123", id="an app's own identifier"),
    pytest.param("line:U1", "LINE U1", id="a channel spelled its own way"),
    pytest.param("mailto:ana@shop.example", "ana@shop.example", id="a mailbox needs no scheme"),
    pytest.param("post:Ana%20Silva|Rua%201|Lisboa", "Ana Silva, Rua 1, Lisboa", id="a letter's lines"),
    pytest.param("web:-3f2a9177", "Visitor 3f2a91", id="a visitor"),
    pytest.param("pigeon:7", "Pigeon 7", id="a scheme of no channel here"),
    pytest.param("pigeon:", "pigeon:", id="nothing behind it"),
    pytest.param(
        "messenger-comment:88:P_9_1", "Messenger in public, under their comment", id="where others read it"
    ),
    pytest.param("instagram:comment/17", "Instagram in private, once, to who commented", id="beside it"),
]


@pytest.mark.parametrize(("address", "shown"), SHOWN)
def test_an_address_is_written_for_people(address: str, shown: str) -> None:
    assert shown_address(address) == shown
    assert shown_name(" ", address) == shown
