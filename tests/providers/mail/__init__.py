"""A mail provider on loopback: a real SMTP server, an IMAP server of ours, and a control API."""

from tests.providers.mail.server import MailServer

__all__ = ["MailServer"]
