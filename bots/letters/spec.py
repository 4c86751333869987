"""What a letter can do, as data."""

from datetime import timedelta

from bots.channel import Closing, Spec

PICTURE = 25_000_000
"""Bytes of one picture; it stands on a page of its own."""

SPEC = Spec(
    kind="letters",
    label="Letter",
    mark="post",
    scheme="post",
    text_limit=20_000,
    caption_limit=20_000,
    media_sizes={"image": PICTURE},
    media_per_message=10,
    rate=1.0,
    looks_up=True,  # the file is there or it is not
    pushed=False,  # it rings at nobody
    closes={"address": Closing(reason="undeliverable", for_=timedelta(0))},  # it is mended, not waited for
    formats=True,
)
