"""A file's kind is told by its MIME type."""

import pytest

from bots.media_types import kind_of


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        ("image/png", "image"),
        ("IMAGE/JPEG; name=a.jpg", "image"),
        ("audio/ogg; codecs=opus", "audio"),
        ("video/mp4", "video"),
        ("text/vcard", "contact"),
        ("text/x-vcard; charset=utf-8", "contact"),
        ("application/pdf", "document"),
        ("", "document"),
        ("imagery", "document"),
    ],
)
def test_a_file_has_the_kind_of_its_type(content_type: str, kind: str) -> None:
    assert kind_of(content_type) == kind
