"""Who wrote a mail, and whether our own mail server could prove it (RFC 8601)."""

import re
from typing import Final

from bots.email.headers import LONGEST, QUOTED, Mail, authors, sender
from bots.email.settings import Settings

VERDICT: Final = re.compile(r"\s*dmarc\s*=", re.IGNORECASE)
VERDICT_ANYWHERE: Final = re.compile(r"\bdmarc\s*=\s*(\w+)", re.IGNORECASE)
UNPROVEN: Final = "_Our mail server could not prove who sent this: {} may be somebody else._\n\n"


def customer(mail: Mail, settings: Settings) -> tuple[str, str]:
    """Say who wrote: From; behind a web form of ours, whoever it puts into Reply-To."""
    name, address = sender(mail)
    if address in settings.forms:
        behind, theirs = sender(mail, "Reply-To")
        if theirs and theirs not in settings.ours:
            return behind, theirs
    return name, address


def proven(mail: Mail, authserv_id: str) -> bool:
    """Whether nothing speaks against the sender: False where our own server says that DMARC failed."""
    return _verdict(mail, authserv_id) != "fail"


def passed(mail: Mail, authserv_id: str) -> bool:
    """Whether our own server says that the sender is who they say they are: a yes needs that."""
    return _verdict(mail, authserv_id) == "pass"


def _verdict(mail: Mail, authserv_id: str) -> str:
    """Give what our server said of DMARC: pass, fail or nothing; of several authors none is proven.

    Only the first verdict under our server's name counts: those below may be the sender's own.
    """
    if not authserv_id:
        return ""
    if len(authors(mail)) > 1:
        return "fail"  # which of them was proven is not told
    for value in mail.get_all("Authentication-Results", [])[:20]:
        name, _, verdicts = value[:LONGEST].partition(";")
        ours = name.strip().partition(" ")[0].lower() == authserv_id.lower()
        if ours and any(VERDICT.match(one) for one in QUOTED.sub(" ", verdicts).split(";")):
            # A sender's address stands there too, and may say dmarc=pass; it cannot take a fail away.
            said = {one.lower() for one in VERDICT_ANYWHERE.findall(verdicts)}
            if said & {"fail", "permerror"}:
                return "fail"
            return "pass" if said == {"pass"} else ""
    return ""


def shown(words: str, mail: Mail, authserv_id: str) -> str:
    """Give a mail's words for an agent, under a warning where the sender may be another."""
    warning = "" if proven(mail, authserv_id) else UNPROVEN.format(sender(mail)[1])
    return warning + words
