"""Who may do what at the desk: one row for every operation; what stands in no row, nobody may do."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from inbox.desk.errors import NotAllowed
from storage.rows import Agent

Role = Literal["agent", "lead", "admin"]
Kind = Literal["", "saw", "changed", "sent", "handed_over", "merged", "unmerged", "exported", "erased"]
RANKS: Final[Mapping[str, int]] = MappingProxyType({"agent": 0, "lead": 1, "admin": 2})


@dataclass(frozen=True, slots=True, kw_only=True)
class May:
    """The least role for an operation in one's own teams' conversations, and in those of *other* teams.

    *kind* is how the audit log calls it; without one it is not written there. *why* is what they read who
    may not.
    """

    own: Role = "agent"
    other: Role = "agent"
    kind: Kind = "changed"
    why: str = ""


def _lead(kind: Kind, what: str) -> May:
    return May(own="lead", other="lead", kind=kind, why=f"{what} by a lead or an admin. Ask one of them.")


LOOK: Final = May(kind="")
SEE: Final = May(kind="saw")
CHANGE: Final = May()
SEND: Final = May(kind="sent")
CAMPAIGN: Final = _lead("changed", "Touches to many are made, approved and stopped")
OWED: Final = _lead("", "What was not sent is seen to")

GUARDED: Final = "Safe mode of others is switched by a lead of theirs or an admin. Ask one of them."

OPERATIONS: Final[Mapping[str, May]] = MappingProxyType(
    {
        # conversations: agents help across teams
        "see_queue": LOOK,
        "see_conversation": SEE,
        "see_customer": SEE,
        "see_timeline": SEE,
        "see_profile": LOOK,  # `profile` itself is written down
        "find": LOOK,
        "take": CHANGE,
        "give_back": CHANGE,
        "hand_over": May(kind="handed_over"),
        "snooze": CHANGE,
        "wake": CHANGE,
        "resolve": CHANGE,
        "reopen": CHANGE,
        "read_up_to": LOOK,
        "mark_unread": LOOK,
        "tag": CHANGE,
        # words
        "draft": LOOK,
        "reply": SEND,
        "reply_elsewhere": SEND,
        "use_saved": SEND,
        "begin": SEND,
        "call": SEND,
        "send_later": SEND,
        "change_later": CHANGE,
        "cancel_later": CHANGE,
        "note": CHANGE,
        "react": SEND,
        "pin": CHANGE,
        "edit_reply": CHANGE,
        "delete_reply": CHANGE,
        "resend": SEND,
        "arrived": CHANGE,
        "drop": CHANGE,
        "save_reply": CHANGE,
        "drop_saved": CHANGE,  # whoever made it, or a lead: `may_drop`
        # customers
        "profile": SEE,
        "change_customer": CHANGE,
        "check_customer": LOOK,
        "settle_wish": CHANGE,
        "write_consent": CHANGE,
        "export_consent": _lead("exported", "What a customer allows is exported"),
        "export_customer": _lead("exported", "Customers are exported"),
        "erase_customer": _lead("erased", "Customers are erased"),
        "see_receipt": _lead("", "Receipts are shown"),
        "merge": _lead("merged", "Customers are merged"),
        "unmerge": _lead("unmerged", "Customers are merged"),
        # promises
        "see_promises": LOOK,
        "promise": CHANGE,
        "keep_promise": CHANGE,
        "withdraw_promise": CHANGE,
        "postpone_promise": CHANGE,
        "tell_promise": LOOK,  # the answer that it sends is written down
        # touches
        "see_touches": LOOK,
        "see_report": LOOK,
        "export_report": _lead("exported", "Reports are exported"),
        "complaint": CHANGE,
        "hold_touches": CHANGE,
        "decide_touch": CHANGE,
        "pause_touches": CHANGE,
        "resume_touches": CAMPAIGN,
        "see_campaign": CAMPAIGN,
        "make_campaign": CAMPAIGN,
        "approve_campaign": CAMPAIGN,
        "stop_campaign": CAMPAIGN,
        # oneself, and the house
        "see_self": LOOK,
        "see_live": LOOK,
        "sign_out": LOOK,  # written down as such
        "prefer": LOOK,
        "set_away": CHANGE,
        "set_back": CHANGE,
        "set_available": LOOK,  # away or back
        "set_safe_mode": May(other="admin", why=GUARDED),  # of others a lead of theirs: `may_guard`
        "see_owed": OWED,
        "settle_owed": _lead("changed", "What was not sent is seen to"),
        "see_fairness": _lead("", "Fairness is seen"),
        "export_fairness": _lead("exported", "Fairness is seen"),
        "see_audit": _lead("", "The audit log is read"),
        "export_audit": _lead("exported", "The audit log is read"),
    }
)


def check(agent: Agent, operation: str, *, team: str = "", owner: int | None = None) -> None:
    """Let those through who may do *operation*, in a conversation of *team* if one is meant.

    Who has a conversation is at home in it. Raises NotAllowed; also for an operation that has no row.
    """
    may = OPERATIONS.get(operation)
    if may is None:
        raise NotAllowed(f"Nobody may do that: {operation!r} stands in no row of the roles.")
    if not agent.active:
        raise NotAllowed("You do not work here any more.")
    home = not team or team in agent.teams or owner == agent.id
    least = may.own if home else may.other
    if RANKS.get(agent.role, -1) < RANKS[least]:
        raise NotAllowed(may.why or None)


def leads(agent: Agent) -> bool:
    """Whether an agent is a lead or an admin."""
    return agent.role != "agent"


def may_drop(agent: Agent, made_by: int) -> bool:
    """Whether an agent may give a saved reply up: who made it, and leads; 0 made the configuration's."""
    return bool(made_by) and (made_by == agent.id or leads(agent))


def may_guard(agent: Agent, whose: int | None, teams: Collection[str]) -> None:
    """Let those through who switch safe mode: their own, their *teams*' with a lead's role, an admin all.

    Raises NotAllowed.
    """
    leads_them = agent.role == "admin" or (leads(agent) and not set(teams).isdisjoint(agent.teams))
    if whose != agent.id and not leads_them:
        raise NotAllowed(GUARDED)


def may_see_digits(agent: Agent, owners: Collection[int | None]) -> bool:
    """Whether whole addresses are shown: to leads and admins, and to who owns one of the conversations."""
    return leads(agent) or agent.id in owners
