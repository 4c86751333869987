"""What a customer wrote now, without what they quote and sign: nothing is lost, the rest is folded away.

Where a quote begins in several languages is `quotequail`'s knowledge; what it cannot tell apart (an answer
between quoted lines, a forwarded mail that is news to us, signatures) is decided here. How much is looked at
is bounded, so that a mail made to be slow is not.
"""

import re
from typing import Final

from quotequail import quote  # type: ignore[import-untyped]

LONGEST_LINE: Final = 200
"""Characters: a longer line begins no quote and no signature."""
MOST_LINES: Final = 1_000
"""How far down a quote may begin: what comes later is folded with it, or shown."""
NEVER: Final = 10**9
SIGNED: Final = re.compile(r"^--\s*$")
"""The sign of signatures, under which nobody says anything more."""
RULE: Final = re.compile(r"^(—|__+|-{20,}|={20,})\s*$")
"""A line that stands over signatures too, but also between the parts of what somebody says."""
SENT_FROM: Final = re.compile(
    r"^[*_]?("
    r"Sent from my( \S+){1,3}|Sent from (Outlook|Mail|Yahoo|Gmail|Proton|Samsung)\b.{0,60}"
    r"|Get Outlook for .{0,60}"
    r"|Enviado (desde|do|de|a partir do) (mi|(o )?meu|Outlook|Yahoo|Gmail)\b.{0,40}"
    r"|(Obter|Obter o|Obtener|Télécharger) Outlook .{0,60}|Envoyé (de|depuis) (mon|Outlook|Yahoo)\b.{0,40}"
    r"|Von (meinem|meiner) .{1,40} gesendet|Gesendet (von|mit) .{1,40}|Outlook für .{1,40} beziehen"
    r"|Inviato da(l mio)? .{1,40}|Verstuurd vanaf .{1,40}|Verzonden (vanaf|met) .{1,40}"
    r"|Skickat från .{1,40}|Sendt fra .{1,40}|Wysłane z .{1,40}"
    r")[*_]?\.?$",
    re.IGNORECASE,
)
WROTE: Final = re.compile(
    r"\b(wrote|schrieb|a écrit|escribió|escreveu|ha scritto|schreef|geschreven|skrev|napisał|kirjoitti)\b"
    r".{0,120}:\s*$|写道[:：]\s*$|のメール[:：]\s*$",
    re.IGNORECASE,
)
FORWARDED: Final = re.compile(
    r"forward|weitergeleitet|réexpédié|transféré|reenviado|encaminhad|inoltrat|vidarebef|doorgest|videresend|пересыл",
    re.IGNORECASE,
)
FROM: Final = re.compile(r"^[*_ ]*(from|von|de|da|van|från|fra|od)\s*:", re.IGNORECASE)
SUBJECT: Final = re.compile(
    r"^[*_ ]*(subject|betreff|asunto|assunto|objet|sujet|oggetto|onderwerp|ämne|emne|temat)\s*:",
    re.IGNORECASE,
)
HEADED: Final = re.compile(r"^[*_ ]*[^\W\d_][\w -]{0,20}\s?:")


def fold(text: str) -> tuple[str, bool]:
    """Give what was written now, and whether anything was folded away; never nothing of something."""
    whole = text.strip("\n")
    lines = whole.split("\n")
    kept = _unsigned(_unquoted(lines))
    shown = "\n".join(kept).strip()
    if not shown:
        return whole.strip(), False
    return shown, shown != whole.strip()


def _unquoted(lines: list[str]) -> list[str]:
    """Drop the quote at the end; what is answered between quoted lines stays, quotes and all."""
    begin = _quote_begins(lines)
    if begin is not None and not FORWARDED.search(" ".join(lines[begin : begin + 2])):
        rest = lines[begin:]
        marked = any(_is_quoted(line) for line in rest[:8])
        if not marked or _heads(rest) or not _answered(rest):
            return lines[:begin]
    return _without_tail(lines)


def _quote_begins(lines: list[str]) -> int | None:
    """Find the first line of the first quote: "On … wrote:", or a mail's headers and the rule over them."""
    seen = [line.strip() if len(line) <= LONGEST_LINE else "." for line in lines[:MOST_LINES]]
    places = [one for one in (_headers_begin(seen), _wrote(seen), _introduced(seen)) if one is not None]
    return min(places) if places else None


def _introduced(lines: list[str]) -> int | None:
    """Ask quotequail, of the lines that can introduce a quote alone: each costs it thirty expressions."""
    ends = [line.endswith((":", "-", "_", ">")) for line in [*lines, ""]]
    asked = [line if ends[at] or ends[at + 1] else "" for at, line in enumerate(lines)]
    if not any(asked):
        return None
    parts = quote("\n".join(asked), limit=NEVER, quote_intro_line=True)
    if len(parts) == 1:
        return None
    before: str = parts[0][1]
    return before.count("\n") + 1 if before or not asked[0] else 0


def _headers_begin(lines: list[str]) -> int | None:
    """Find a quoted mail's headers, From to Subject, and the rule above them."""
    for at, line in enumerate(lines):
        if not FROM.match(line):
            continue
        block = [one for one in lines[at : at + 12] if one][:7]
        until = next((n for n, one in enumerate(block) if SUBJECT.match(one)), None)
        if until is not None and sum(bool(HEADED.match(one)) for one in block[:until]) >= 2:
            above = [n for n in range(max(0, at - 3), at) if re.fullmatch(r"[-_=*\s]{5,}", lines[n])]
            return above[0] if above else at
    return None


def _heads(lines: list[str]) -> bool:
    """Whether a quoted mail's headers stand at the beginning: what is under them bears no marks."""
    return any(FROM.match(line.strip()) for line in lines[:4])


def _wrote(lines: list[str]) -> int | None:
    """Find "… wrote:" over a quote, broken into up to three lines, where nothing but the quote follows."""
    for at, line in enumerate(lines):
        if not WROTE.search(line):
            continue
        after = next((one for one in lines[at + 1 : at + 8] if one), "")
        if not _is_quoted(after):
            continue
        begin = at
        while begin > max(0, at - 2) and lines[begin - 1] and not re.search(r"\d.*\d", lines[begin]):
            begin -= 1
        return begin
    return None


def _answered(rest: list[str]) -> bool:
    """Whether somebody says something under quoted lines, other than to sign."""
    first = next(at for at, line in enumerate(rest) if _is_quoted(line))
    own = _unsigned([line for line in _without_tail(rest[first:]) if not _is_quoted(line)])
    return any(line.strip() for line in own)


def _without_tail(lines: list[str]) -> list[str]:
    """Drop quoted lines, a signature at the end, and who wrote them; keep them all if all are."""
    kept = _unsigned(lines)
    end = len(kept)
    while end and (not kept[end - 1].strip() or _is_quoted(kept[end - 1])):
        end -= 1
    if end and end < len(kept) and WROTE.search(kept[end - 1][-LONGEST_LINE:]):
        end -= 1
    return kept[:end] if end else lines


def _unsigned(lines: list[str]) -> list[str]:
    """Drop a signature: all under its sign, or a program's own line at the very end."""
    lines = lines[: _signed_at(lines)]
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    if end > 1 and len(lines[end - 1]) <= LONGEST_LINE and SENT_FROM.match(lines[end - 1].strip()):
        return lines[: end - 1]
    return lines[:end]


def _signed_at(lines: list[str]) -> int:
    """Find the sign of a signature; with own words under a quote, the quoted sign above them is none."""
    spoken = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    answered = _last_answer(lines)
    above, below = 0, sum(len(line.strip()) for line in lines if not _is_quoted(line))
    for at, line in enumerate(lines):
        said = len(line.strip())
        below -= 0 if _is_quoted(line) else said
        # Under a rule that signs stands no more than above it: else it may be the matter itself.
        signs = SIGNED.match(line[:LONGEST_LINE]) or (above >= below and RULE.match(line[:LONGEST_LINE]))
        if signs and at > max(spoken, answered or 0):
            return at
        above += said
    return len(lines)


def _last_answer(lines: list[str]) -> int | None:
    """Find the last own line that stands under a quoted one, before any signature there."""
    last, quoted, signed = None, False, False
    for at, line in enumerate(lines):
        if _is_quoted(line):
            quoted, signed = True, False
        elif SIGNED.match(line[:LONGEST_LINE]) or RULE.match(line[:LONGEST_LINE]):
            signed = True
        elif quoted and not signed and line.strip():
            last = at
    return last


def _is_quoted(line: str) -> bool:
    return line.lstrip(" ")[:1] == ">"
