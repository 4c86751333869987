"""What we say in a thread about what befell a conversation or an answer: one line each, and what next."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inbox.desk import promised, rating, reacting, safety
from inbox.desk.facts import changed
from inbox.desk.slack import words

NEXT = {
    "window": "Next: wait until the customer writes, or answer on another channel.",
    "stopped": "Next: nothing is sent to this address until the customer says START.",
    "failed": "Next: send it again, or answer on another channel.",
    "called": "Next: call again, or write.",
    "perhaps": "It is not sent again by itself. Next: say that it arrived, or send it again.",
}
WINDOW_CODES = ("window", "63016", "131047")
STOP_CODES = ("stopped", "opted_out", "21610")


def happened(kind: str, agent: str, data: Mapping[str, Any]) -> str:
    """Say what befell the conversation; *agent* is a name or empty."""
    who = agent or "tidings"
    match kind:
        case "assigned":
            why = f" ({reason})" if (reason := _reason(data)) else ""
            return f"{data.get('to') or data.get('agent') or who} gets this conversation{why}."
        case "taken":
            return f"{who} takes this conversation."
        case "given_back":
            return f"{who} gives this conversation back; nobody has it.{promised.along(data)}"
        case "handed_over":
            why = f": {data['why']}" if data.get("why") else ""
            return f"{who} → {data.get('to') or 'a colleague'}{why}{promised.along(data)}"
        case "snoozed":
            return f"{who} snoozes until {_until(data)}."
        case "woken":
            return "Awake again" + (": the customer wrote." if data.get("by") == "customer" else ".")
        case "resolved":
            why = f": {data['reason']}" if data.get("reason") else ""
            return f"{who} resolves this conversation{why}."
        case "rated":
            return f"The customer says how it was: {rating.said(data)}."
        case "safe_mode":
            return f"{who} {safety.said(data)}."
        case "reacted":
            return f"{who} {reacting.said(data)}."
        case "reopened":
            by_customer = data.get("by") == "customer"
            return "Open again: the customer wrote." if by_customer else f"{who} reopens this conversation."
        case "stopped" if data.get("marketing"):
            return "The customer wants no marketing. Answers may still be sent."
        case "started" if data.get("marketing"):
            return "The customer no longer blocks marketing. Only their yes allows it."
        case "stopped":
            return "The customer said STOP: nothing more is sent to this address."
        case "started":
            return "The customer said START: messages are allowed again."
        case "complaint_opened":
            return f"{who} says that a complaint is open: touches to the customer wait."
        case "complaint_ended":
            return f"{who} says that the complaint is settled: touches go on after a while."
        case "touches_held":
            return f"{who} holds touches to this customer."
        case "touches_released":
            return f"{who} lets touches to this customer go again."
        case "customer_changed":
            return f"{who} changed what we know of the customer: {changed(data)}."
        case "birthday":
            return str(data.get("sentence") or "The customer’s birthday is today.")
        case "unblocked" | "blocked":
            return f"The customer {kind} us."
        case _:
            return f"{who}: {kind.replace('_', ' ')}."


def _reason(data: Mapping[str, Any]) -> str:
    reasons = data.get("reasons") or data.get("reason") or data.get("why") or ""
    said = "; ".join(str(each) for each in reasons) if isinstance(reasons, list | tuple) else str(reasons)
    return words.shortened(said, 200)


def _until(data: Mapping[str, Any]) -> str:
    try:
        return f"{datetime.fromisoformat(str(data.get('until'))):%d %b %H:%M %Z}"
    except ValueError:
        return "later"


def may_go_again(code: str) -> bool:
    """Whether sending again could help: never to somebody who said stop."""
    return code not in STOP_CODES


def failed(channel: str, state: str, code: str, reason: str, *, called: bool = False) -> str:
    """Say why an answer did not arrive, or a customer was not *called*, or that nobody knows; what next."""
    if called:
        why = "No answer from the provider, so your phone perhaps rang." if state == "perhaps" else reason
        return f"{channel}: {(why or 'nobody was called').rstrip('. ')}. {NEXT['called']}"
    if state == "perhaps":
        return f"{channel}: no answer from the provider, so this was perhaps sent. {NEXT['perhaps']}"
    why = (reason or "no reason given").rstrip(". ")
    told = f" (code {code})" if code and code not in why else ""
    if code in STOP_CODES:
        step = NEXT["stopped"]
    else:
        step = NEXT["window"] if code in WINDOW_CODES else NEXT["failed"]
    return f"{channel} did not deliver this: {why}{told}. {step}"
