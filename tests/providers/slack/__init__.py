"""A Slack for tests, on loopback: Web API, events over HTTP and Socket Mode, people who type and click."""

from tests.providers.slack.faults import Fault
from tests.providers.slack.people import Person
from tests.providers.slack.server import SlackLookAlike
from tests.providers.slack.state import Message, View

__all__ = ["Fault", "Message", "Person", "SlackLookAlike", "View"]
