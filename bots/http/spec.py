"""What a provider behind HTTP can do: what the operator says of it."""

from datetime import timedelta

from bots.channel import Closing, Spec
from bots.http.settings import Settings

SPEC = Spec(kind="http", label="HTTP", mark="http", scheme="http", text_limit=2_000, rate=1.0, looks_up=True)
"""The kind itself; an account's is made by `spec_of`."""


def spec_of(settings: Settings) -> Spec:
    """Make the spec of one account."""
    closes = {code: Closing(reason=one.reason, for_=_days(one.days)) for code, one in settings.closes.items()}
    return Spec(
        kind=SPEC.kind,
        label=settings.label,
        mark=settings.mark,
        scheme=settings.scheme,
        text_limit=settings.text_limit,
        text_unit=settings.text_unit,
        caption_limit=settings.caption_limit,
        media_sizes=settings.media_sizes,
        media_per_message=settings.media_per_message,
        rate=settings.rate,
        rate_per_address=settings.rate_per_address,
        window=_hours(settings.window_hours),
        human_window=_hours(settings.human_window_hours),
        margin=timedelta(minutes=settings.margin_minutes),
        edits=settings.edits,
        deletes=settings.deletes,
        receipts=settings.receipts or settings.reads,
        reads=settings.reads,
        reactions=settings.reactions,
        looks_up=settings.looks_up,
        phone=settings.phone,
        pushed=settings.pushed,
        templates=settings.templates,
        a_day=settings.a_day,
        closes=closes,
        formats=settings.formats,
        typing=settings.typing,
        marks_read=settings.marks_read,
        threads=settings.threads,
    )


def _hours(hours: float | None) -> timedelta | None:
    return None if hours is None else timedelta(hours=hours)


def _days(days: float | None) -> timedelta | None:
    return None if days is None else timedelta(days=days)
