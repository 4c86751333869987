"""Every table, once: one file a noun, all of one metadata."""

from storage.tables.audited import audits, receipts
from storage.tables.bought import api_answers, customer_events, order_lines, orders
from storage.tables.columns import metadata
from storage.tables.desk import agents, drafts, sessions, sign_in_links
from storage.tables.heard import early_receipts, hooks
from storage.tables.leased import leases
from storage.tables.owed import deliveries
from storage.tables.people import addresses, allowances, consents, customers, holds
from storage.tables.promised import laters, pins, promises, saved_replies
from storage.tables.remembered import facts, seen
from storage.tables.routed import looks, merges, ratings, routed
from storage.tables.said import attachments, conversations, happenings, messages
from storage.tables.searched import words_due
from storage.tables.slack import slack_asks, slack_digests, slack_posts, slack_threads, slack_touches
from storage.tables.suppressed import suppressed
from storage.tables.touched import one_offs, touch_log, touches

__all__ = [
    "addresses",
    "agents",
    "allowances",
    "api_answers",
    "attachments",
    "audits",
    "consents",
    "conversations",
    "customer_events",
    "customers",
    "deliveries",
    "drafts",
    "early_receipts",
    "facts",
    "happenings",
    "holds",
    "hooks",
    "laters",
    "leases",
    "looks",
    "merges",
    "messages",
    "metadata",
    "one_offs",
    "order_lines",
    "orders",
    "pins",
    "promises",
    "ratings",
    "receipts",
    "routed",
    "saved_replies",
    "seen",
    "sessions",
    "sign_in_links",
    "slack_asks",
    "slack_digests",
    "slack_posts",
    "slack_threads",
    "slack_touches",
    "suppressed",
    "touch_log",
    "touches",
    "words_due",
]
