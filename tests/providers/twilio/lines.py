"""What happens on a line: TwiML is done, and its actions and call-backs are posted."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from xml.etree import ElementTree

from tests.providers.twilio.records import new_sid, seconds_now

if TYPE_CHECKING:
    from tests.providers.twilio.server import TwilioLookAlike

VERBS = ("Dial", "Gather", "Hangup", "Record", "Redirect", "Say")
TALK_SECONDS = 42


@dataclass(slots=True, kw_only=True)
class Call:
    """One call; *said* is what its caller (of ours: the agent) heard, with the language it was said in."""

    sid: str
    to: str
    from_: str
    direction: str
    status: str = "ringing"
    says: bytes = b""
    transcript: str = ""
    hangs_up: bool = False
    said: list[tuple[str, str]] = field(default_factory=list)
    dialled: list[tuple[str, str]] = field(default_factory=list)
    answered: bool = False
    twiml: str = ""
    callback: str = ""
    created: datetime = field(default_factory=seconds_now)


class Lines:
    """Who picks up, who is on the phone, whether they press keys, and what was recorded."""

    def __init__(self, twilio: "TwilioLookAlike") -> None:
        self.twilio = twilio
        self.answer: set[str] = set()
        self.busy: set[str] = set()
        self.pressing = True
        self.recordings: dict[str, bytes] = {}

    async def run(self, call: Call, twiml: str, url: str) -> None:
        """Do what a document says; an action's answer takes the place of what comes after its verb."""
        root = ElementTree.fromstring(twiml)
        assert root.tag == "Response"
        for verb in root:
            assert verb.tag in VERBS, f"the look-alike knows no {verb.tag}"
            match verb.tag:
                case "Say":
                    call.said.append((verb.get("language", ""), verb.text or ""))
                case "Hangup":
                    return
                case "Dial":
                    if await self.dial(call, verb, url):
                        return
                case "Record":
                    if await self.record(call, verb, url):
                        return
                case "Gather":
                    call.said += [(one.get("language", ""), one.text or "") for one in verb]
                    if self.pressing:
                        await self.go_on(call, urljoin(url, verb.get("action") or url), {"Digits": "1"})
                        return
                case "Redirect":
                    await self.go_on(call, urljoin(url, verb.text or ""), {})
                    return

    async def dial(self, call: Call, verb: ElementTree.Element, url: str) -> bool:
        """Ring the numbers at once; say whether the document ends here."""
        numbers = [number.text or "" for number in verb]
        call.dialled += [(number, verb.get("callerId") or call.from_) for number in numbers]
        if call.hangs_up:
            call.status = "no-answer" if verb.get("answerOnBridge") == "true" else "completed"
            return True
        result = {"DialCallStatus": "no-answer", "DialCallSid": new_sid("CA")}
        if any(number in self.answer for number in numbers):
            call.answered = True
            result |= {"DialCallStatus": "completed", "DialCallDuration": str(TALK_SECONDS)}
        elif all(number in self.busy for number in numbers):
            result["DialCallStatus"] = "busy"
        call.status = "in-progress"
        action = verb.get("action")
        if not action:
            return False
        await self.go_on(call, urljoin(url, action), result)
        return True

    async def record(self, call: Call, verb: ElementTree.Element, url: str) -> bool:
        """Record what the customer says; silence is no recording, and the next verb is done."""
        call.status = "in-progress"
        if not call.says:
            return False
        sid = new_sid("RE")
        self.recordings[sid] = call.says
        place = f"/2010-04-01/Accounts/{self.twilio.account_sid}/Recordings/{sid}"
        made = {"RecordingSid": sid, "RecordingUrl": self.twilio.base_url + place, "RecordingDuration": "7"}
        await self.go_on(call, urljoin(url, verb.get("action") or url), {**made, "Digits": "hangup"})
        both = {"CallSid": call.sid, "AccountSid": self.twilio.account_sid, **made}
        if verb.get("recordingStatusCallback"):
            told = {**both, "RecordingStatus": "completed", "RecordingSource": "RecordVerb"}
            await self.twilio.post(urljoin(url, verb.get("recordingStatusCallback", "")), told, call.sid)
        if verb.get("transcribe") == "true" and verb.get("transcribeCallback"):
            told = {**self.form(call), **made, "TranscriptionSid": new_sid("TR")}
            told |= {"TranscriptionStatus": "completed" if call.transcript else "failed"}
            told |= {"TranscriptionText": call.transcript, "TranscriptionType": "fast"}
            await self.twilio.post(urljoin(url, verb.get("transcribeCallback", "")), told, call.sid)
        return True

    async def go_on(self, call: Call, url: str, result: dict[str, str]) -> None:
        heard = await self.twilio.post(url, self.form(call) | result, call.sid)
        await self.run(call, heard.body, url)

    def form(self, call: Call) -> dict[str, str]:
        return {
            "CallSid": call.sid,
            "AccountSid": self.twilio.account_sid,
            "From": call.from_,
            "To": call.to,
            "Caller": call.from_,
            "Called": call.to,
            "CallStatus": call.status,
            "Direction": call.direction,
            "ApiVersion": "2010-04-01",
        }
