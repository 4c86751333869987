"""Every table, once: one file a noun, all of one metadata."""

from storage.tables.columns import metadata
from storage.tables.desk import agents, drafts, sessions, sign_in_links
from storage.tables.heard import early_receipts, hooks
from storage.tables.owed import deliveries
from storage.tables.people import addresses, consents, customers
from storage.tables.remembered import facts, seen
from storage.tables.said import attachments, conversations, happenings, messages
from storage.tables.slack import slack_asks, slack_posts, slack_threads

__all__ = [
    "addresses",
    "agents",
    "attachments",
    "consents",
    "conversations",
    "customers",
    "deliveries",
    "drafts",
    "early_receipts",
    "facts",
    "happenings",
    "hooks",
    "messages",
    "metadata",
    "seen",
    "sessions",
    "sign_in_links",
    "slack_asks",
    "slack_posts",
    "slack_threads",
]
