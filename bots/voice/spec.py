"""What the telephone can do: ring and be rung, but not be written to."""

from bots.channel import Spec

SPEC = Spec(
    kind="voice",
    label="Phone",
    mark="tel",
    scheme="tel",
    text_limit=1,  # nothing is written
    rate=1.0,  # calls a second: https://www.twilio.com/docs/voice/make-calls
    phone=True,
    writes=False,
    calls=True,
)
