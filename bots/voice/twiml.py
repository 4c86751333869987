"""The documents that tell Twilio what happens on the line.

Source: https://www.twilio.com/docs/voice/twiml. Every address in them is our own hook's with the *step*
that it answers, so that what Twilio tells us later is known by the address that it signs.
"""

from urllib.parse import urlencode

from twilio.twiml.voice_response import VoiceResponse  # type: ignore[import-untyped]

from bots.voice.settings import Settings
from bots.voice.wording import CALLING, GREETING, NO_ANSWER, PRESS, THANKS, UNNAMED, chosen, language_of

NOTHING = "<Response/>"


def at(hook_url: str, step: str, **known: str) -> str:
    """Write the address of *step*, with what is *known* by then."""
    return f"{hook_url.partition('?')[0]}?{urlencode({'step': step, **known})}"


def ringing(settings: Settings, hook_url: str) -> str:
    """Ring our phones; the caller hears them ring and pays nothing until one is picked up."""
    document = VoiceResponse()
    dial = document.dial(action=at(hook_url, "dialled"), timeout=settings.ring_seconds, answer_on_bridge=True)
    for number in settings.ring:
        dial.number(number)
    return str(document)


def voicemail(settings: Settings, hook_url: str, caller: str) -> str:
    """Greet the *caller* (E.164) in their language and record what they say.

    The recording is told of by its own call-back: at the time of the action it may not be there yet.
    """
    document = VoiceResponse()
    spoken = language_of(caller, settings.language)
    language, words = chosen(settings.greetings, GREETING, languages=(spoken, settings.language))
    document.say(words, language=language)
    written = {"transcribe": True, "transcribe_callback": at(hook_url, "transcribed", caller=caller)}
    document.record(
        action=at(hook_url, "left", caller=caller),
        max_length=settings.voicemail_seconds,
        finish_on_key="#",
        play_beep=True,
        recording_status_callback=at(hook_url, "recorded", caller=caller),
        recording_status_callback_event="completed",
        **(written if settings.transcribe else {}),
    )
    document.hangup()  # reached where the caller said nothing
    return str(document)


def farewell(settings: Settings, caller: str) -> str:
    """Thank the *caller* for their message and end."""
    spoken = language_of(caller, settings.language)
    return _last_words(*chosen(THANKS, languages=(spoken, settings.language)))


def unnamed(settings: Settings) -> str:
    """Tell a caller without a number that we cannot get back to them."""
    return _last_words(*chosen(UNNAMED, languages=[settings.language]))


def unanswered(settings: Settings) -> str:
    """Tell an agent that the customer did not answer."""
    return _last_words(*chosen(NO_ANSWER, languages=[settings.language]))


def ended() -> str:
    """End the call."""
    document = VoiceResponse()
    document.hangup()
    return str(document)


def bridging(settings: Settings, hook_url: str, customer: str, key: str) -> str:
    """Say to an agent who is called, and ring the *customer* (E.164), who sees our number.

    Without *hook_url* nobody is told how it ended, and no key is asked for.
    """
    document = VoiceResponse()
    spoken = " ".join(customer)
    if settings.press_to_call and hook_url:
        language, words = chosen(PRESS, languages=[settings.language])
        pressed = at(hook_url, "pressed", key=key, customer=customer)
        document.gather(num_digits=1, timeout=10, action=pressed).say(
            words.format(number=spoken), language=language
        )
        document.redirect(at(hook_url, "unpressed", key=key))
        return str(document)
    language, words = chosen(CALLING, languages=[settings.language])
    document.say(words.format(number=spoken), language=language)
    return _joined(document, settings, hook_url, customer, key)


def joining(settings: Settings, hook_url: str, customer: str, key: str) -> str:
    """Ring the *customer* (E.164) for an agent who pressed a key."""
    return _joined(VoiceResponse(), settings, hook_url, customer, key)


def _joined(document: VoiceResponse, settings: Settings, hook_url: str, customer: str, key: str) -> str:
    told = {"action": at(hook_url, "bridged", key=key, customer=customer)} if hook_url else {}
    dial = document.dial(caller_id=settings.number, answer_on_bridge=True, **told)
    dial.number(customer)
    return str(document)


def _last_words(language: str, words: str) -> str:
    document = VoiceResponse()
    document.say(words, language=language)
    document.hangup()
    return str(document)
