"""Addresses as their customer knows them, with most of them hidden: a link may be read by others."""

import phonenumbers

DOTS = "···"


def masked(address: str) -> str:
    """Hide most of an address: +351 912 ··· 408, m···@example.pt, ··· 142."""
    scheme, _, rest = address.partition(":")
    if "@" in rest:
        who, _, where = rest.rpartition("@")
        return f"{who[:1]}{DOTS}@{where}"
    if rest.startswith("+"):
        return _number(rest)
    return "" if scheme == "web" else short(address)


def short(address: str) -> str:
    """Give the end alone: ··· 408, m···@···.pt; nothing for a browser, which has no name."""
    scheme, _, rest = address.partition(":")
    if "@" in rest:
        return f"{rest[:1]}{DOTS}@{DOTS}.{rest.rpartition('.')[2]}"
    shown = rest[-3:] if len(rest) > 5 else rest[-1:]
    return "" if scheme == "web" else f"{DOTS} {shown}"


def _number(e164: str) -> str:
    try:
        whole = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return f"{DOTS} {e164[-3:]}"
    written = phonenumbers.format_number(whole, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    parts = written.split()
    first = " ".join(parts[:2]) if len(parts) > 3 else parts[0]
    return f"{first} {DOTS} {e164[-3:]}"
