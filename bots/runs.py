"""A text as runs, for those who write formatting piece by piece."""

from bots.spans import Kind, Span, spans

Run = tuple[str, tuple[Kind, ...]]


def runs(text: str) -> list[Run]:
    """Cut *text* where its formatting changes: its plain words, each with what they are, outer first."""
    plain, found = spans(text)
    made: list[Run] = []
    inside: list[Span] = []
    at = 0

    def until(place: int) -> None:
        nonlocal at
        if place > at:
            made.append((plain[at:place], tuple(span.kind for span in inside)))
        at = place

    for span in [*found, Span(kind="bold", start=len(plain), end=len(plain))]:
        while inside and inside[-1].end <= span.start:
            until(inside[-1].end)
            inside.pop()
        until(span.start)
        inside.append(span)
    return made
