"""What Twilio's hooks say of calls, and what we answer: both depend on the hook and the settings alone.

Sources: https://www.twilio.com/docs/voice/twiml#request-parameters,
https://www.twilio.com/docs/voice/twiml/dial and https://www.twilio.com/docs/voice/twiml/record.
"""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from bots.channel import Attachment, Called, CallMissed, Edited, Hook, MessageIn, Reading, Receipt
from bots.errors import Malformed
from bots.twilio_forms import clean, open_hook
from bots.voice import twiml
from bots.voice.line import NUMBER, Line, told
from bots.voice.settings import Settings

RINGING: Final = frozenset({"queued", "ringing", "in-progress"})
SPOKEN: Final = frozenset({"completed", "answered"})
MISSED: Final = {
    "busy": "was on the phone",
    "no-answer": "did not pick up",
    "failed": "could not be reached",
    "canceled": "was no longer rung, since the call was taken back",
}


def read(hook: Hook, token: bytes, settings: Settings) -> Reading:
    """Check and translate one hook; raises BadSignature, or Malformed naming what is missing."""
    forms = open_hook(hook, token)
    asked = {name: clean(value) for name, value in parse_qsl(urlsplit(hook.url).query)}
    tell = STEPS.get(asked.get("step", ""), _unknown)
    readings = [tell(Line(hook=hook, form=form, asked=asked, settings=settings)) for form in forms]
    return Reading(
        events=tuple(event for one in readings for event in one.events),
        response=readings[0].response,
        skipped=tuple(name for one in readings for name in one.skipped),
    )


def _call(line: Line) -> Reading:
    """Answer a call that comes in, or hear how one ended."""
    sid, status = line.needed("CallSid"), line.said("CallStatus").lower()
    direction = line.said("Direction").lower() or "inbound"
    if direction != "inbound":
        return told(skipped=f"call {direction} {status}")
    if status in RINGING and not line.said("CallDuration"):
        if line.settings.ring:
            return told(answer=twiml.ringing(line.settings, line.hook.url), skipped=f"call {status}")
        return _unanswered(line, sid)
    if status in MISSED and line.caller:
        return told(_missed(line, sid))
    return told(skipped=f"call {status}")


def _dialled(line: Line) -> Reading:
    """Hear whether one of our phones was picked up."""
    sid, status = line.needed("CallSid"), line.said("DialCallStatus").lower()
    if status not in SPOKEN:
        return _unanswered(line, sid)
    if not line.caller:
        return told(answer=twiml.ended(), skipped="call of a hidden number")
    spoken = Called(
        address=f"tel:{line.caller}",
        external_id=sid,
        sent_at=line.hook.received_at,
        lasted=line.seconds("DialCallDuration"),
    )
    return told(spoken, answer=twiml.ended())


def _unanswered(line: Line, sid: str) -> Reading:
    """Nobody of ours answers: the call is missed, whatever the caller leaves."""
    if not line.caller:
        return told(answer=twiml.unnamed(line.settings), skipped="missed call of a hidden number")
    answer = twiml.voicemail(line.settings, line.hook.url, line.caller)
    return told(_missed(line, sid), answer=answer)


def _missed(line: Line, sid: str) -> CallMissed:
    return CallMissed(address=f"tel:{line.caller}", external_id=sid, sent_at=line.hook.received_at)


def _left(line: Line) -> Reading:
    """Say goodbye to who left a message: it comes by its own hook."""
    return told(answer=twiml.farewell(line.settings, line.caller), skipped="voicemail ended")


def _recorded(line: Line) -> Reading:
    status = line.said("RecordingStatus").lower() or "completed"
    if status != "completed":
        return told(skipped=f"recording {status}")
    if not line.caller:
        return told(skipped="recording of a hidden number")
    return told(_voicemail(line))


def _transcribed(line: Line) -> Reading:
    """Put the words under the recording; whichever of the two hooks is first brings the message."""
    status, text = line.said("TranscriptionStatus").lower(), line.said("TranscriptionText")
    if status != "completed" or not text or not line.caller:
        return told(skipped=f"transcription {status or 'unknown'}")
    message = _voicemail(line)
    edited = Edited(
        address=message.address, external_id=message.external_id, text=text, sent_at=message.sent_at
    )
    return told(message, edited)


def _voicemail(line: Line) -> MessageIn:
    sid, url = line.needed("RecordingSid"), line.needed("RecordingUrl")
    ref = url if url.endswith((".mp3", ".wav")) else f"{url}.mp3"
    kind = "audio/x-wav" if ref.endswith(".wav") else "audio/mpeg"
    sound = Attachment(kind="voice", ref=ref, name=f"voicemail{ref[-4:]}", content_type=kind)
    return MessageIn(
        address=f"tel:{line.caller}",
        external_id=sid,
        attachments=(sound,),
        sent_at=line.hook.received_at,
        raw=line.form,
    )


def _pressed(line: Line) -> Reading:
    """Ring the customer for an agent who pressed a key."""
    customer, key = _of_ours(line)
    answer = twiml.joining(line.settings, line.hook.url, customer, key)
    return told(answer=answer, skipped="key pressed")


def _unpressed(line: Line) -> Reading:
    """End a call that an agent's mailbox took, or an agent who thought better of it."""
    words = "No key was pressed on the agent's phone; the customer was not called."
    return told(_failed(line, line.needed("CallSid"), "unpressed", words), answer=twiml.ended())


def _bridged(line: Line) -> Reading:
    """Hear what became of a call of ours, once the agent had picked up."""
    sid, status = line.needed("CallSid"), line.said("DialCallStatus").lower()
    customer, key = _of_ours(line)
    if status not in SPOKEN:
        why = MISSED.get(status, "did not answer")
        failed = _failed(line, sid, status, f"The customer {why}.")
        return told(failed, answer=twiml.unanswered(line.settings))
    spoken = Called(
        address=f"tel:{customer}",
        external_id=key,
        sent_at=line.hook.received_at,
        lasted=line.seconds("DialCallDuration"),
        ours=True,
    )
    return told(spoken, answer=twiml.ended())


def _rung(line: Line) -> Reading:
    """Hear that an agent did not pick up: then the customer was not rung."""
    sid, status = line.needed("CallSid"), line.said("CallStatus").lower()
    if status not in MISSED:
        return told(skipped=f"call to an agent {status}")
    words = f"The agent's phone {MISSED[status]}; the customer was not called."
    return told(_failed(line, sid, status, words))


def _of_ours(line: Line) -> tuple[str, str]:
    """Give the customer's number and the key, which a call of ours has in its addresses."""
    customer, key = line.asked.get("customer", ""), line.asked.get("key", "")
    if not NUMBER.fullmatch(customer) or not key:
        raise Malformed("The address names no call.")
    return customer, key


def _failed(line: Line, sid: str, status: str, reason: str) -> Receipt:
    return Receipt(
        external_id=sid, status="failed", sent_at=line.hook.received_at, code=status, reason=reason
    )


def _unknown(line: Line) -> Reading:
    return told(skipped=f"step {line.asked.get('step', '')}")


STEPS: Final[Mapping[str, Callable[[Line], Reading]]] = {
    "": _call,
    "dialled": _dialled,
    "left": _left,
    "recorded": _recorded,
    "transcribed": _transcribed,
    "pressed": _pressed,
    "unpressed": _unpressed,
    "bridged": _bridged,
    "rung": _rung,
}
"""What each address of ours hears."""
