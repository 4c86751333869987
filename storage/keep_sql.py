"""The statements of the one transaction that keeps hooks, written once for both databases.

`?` is a placeholder, `{texts}` and `{ints}` stand for a list given as one argument. Each dialect's
file says how it writes these three.
"""

from typing import Final

STATEMENTS: Final = {
    "keep_hooks": """
        INSERT INTO hooks (id, channel, received_at, method, url, headers, body, state)
        VALUES (?, ?, ?, ?, ?, ?, ?, 'applied')
        ON CONFLICT (id) DO NOTHING""",
    "known_messages": """
        SELECT external_id, id, conversation_id, edit_only FROM messages
        WHERE channel = ? AND external_id IN {texts}""",
    "known_addresses": """
        SELECT a.address, a.id, c.name, a.channel,
            g.id, a.customer_id, g.state, g.resolved_at, g.last_at, g.waiting_since
        FROM addresses a JOIN customers c ON c.id = a.customer_id
        LEFT JOIN conversations g ON g.customer_id = a.customer_id AND g.state <> 'resolved'
        WHERE a.address IN {texts}""",
    "name_customers": "UPDATE customers SET name = ?, language = ? WHERE id = ? AND name = ''",
    "begin_customers": "INSERT INTO customers (id, name, language, created_at) VALUES (?, ?, ?, ?)",
    "begin_addresses": """
        INSERT INTO addresses (id, customer_id, address, channel, last_in_at, created_at)
        VALUES (?, ?, ?, ?, ?, ?)""",
    "keep_seen": "INSERT INTO seen (scope, key, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    "freshen_addresses": "UPDATE addresses SET last_in_at = ?, channel = ? WHERE id = ?",
    "last_conversations": """
        SELECT id, customer_id, state, resolved_at, last_at, waiting_since, resolve_reason FROM conversations
        WHERE customer_id IN {ints} AND merged_into IS NULL
        ORDER BY customer_id, state = 'resolved', id DESC""",
    "begin_conversations": """
        INSERT INTO conversations (id, customer_id, address_id, channel, team, state, previous_id, opened_at,
            waiting_since, last_in_at, last_at, last_text, last_direction, unread, revision)
        VALUES (?, ?, ?, ?, ?, 'open', ?, ?, ?, ?, ?, ?, 'in', ?, 1)""",
    # Who only joins waits for nobody: their conversation is over as it begins.
    "begin_over": """
        INSERT INTO conversations (id, customer_id, address_id, channel, team, resolve_reason, opened_at,
            state, resolved_at, last_in_at, last_at, last_text, last_direction, unread, revision)
        VALUES (?, ?, ?, ?, ?, ?, ?, 'resolved', ?, ?, ?, ?, 'in', 0, 1)""",
    # For who waits already: no column of an index is named, since SQLite renews each index that is.
    "wait_on": """
        UPDATE conversations SET channel = ?, address_id = ?, last_in_at = ?, last_at = ?, last_text = ?,
            last_direction = 'in', unread = unread + ?, revision = revision + 1
        WHERE id = ?""",
    "continue_conversations": """
        UPDATE conversations SET state = 'open', snoozed_until = NULL, resolved_at = NULL,
            owner_id = CASE WHEN state = 'resolved' THEN NULL ELSE owner_id END,
            waiting_since = COALESCE(waiting_since, ?), channel = ?, address_id = ?, last_in_at = ?,
            last_at = ?, last_text = ?, last_direction = 'in', unread = unread + ?, revision = revision + 1
        WHERE id = ?""",
    # Nobody waits for an answer to thanks: the matter stays over.
    "hush_conversations": """
        UPDATE conversations SET channel = ?, address_id = ?, last_in_at = ?, last_at = ?, last_text = ?,
            last_direction = 'in', revision = revision + 1
        WHERE id = ?""",
    "touched_conversations": """
        SELECT m.conversation_id FROM messages m JOIN touches t ON t.message_id = m.id
        WHERE m.conversation_id IN {ints} AND m.direction = 'out' AND m.sent_at > ? AND NOT EXISTS (
            SELECT 1 FROM messages x
            WHERE x.conversation_id = m.conversation_id AND x.id > m.id AND x.direction = 'out')""",
    "asked_ratings": """
        SELECT conversation_id, customer_id FROM ratings
        WHERE conversation_id IN {ints} AND answered_at IS NULL AND asked_at > ? AND asked_at <= ?""",
    "keep_ratings": """
        UPDATE ratings SET rating = ?, words = ?, answered_at = ? WHERE conversation_id = ?""",
    "keep_events": """
        INSERT INTO customer_events (id, customer_id, kind, at, ref, data, external_id)
        VALUES (?, ?, 'rated', ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
    "slack_threads_of": "SELECT conversation_id FROM slack_threads WHERE conversation_id IN {ints}",
    "keep_messages": """
        INSERT INTO messages (id, conversation_id, direction, channel, external_id, address_id, sender_name,
            text, sent_at, received_at, reply_to, album, edited_at, text_before, deleted_at, reaction,
            edit_only, hook_id, subject)
        VALUES (?, ?, 'in', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
    # What nobody waits for an answer to: a matter that is over stays so, what waits goes on waiting.
    "keep_asides": """
        INSERT INTO messages (id, conversation_id, channel, external_id, address_id, direction, nature,
            text, sent_at, received_at, status, status_at, hook_id, agent_id, sender_name)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
    # Who of us rang: a call that was spoken bears the key of the delivery that began it.
    "who_rang": """
        SELECT d.key, m.agent_id, m.sender_name FROM deliveries d JOIN messages m ON m.id = d.message_id
        WHERE d.kind = 'call' AND d.key IN {texts}""",
    "begin_asides": """
        INSERT INTO conversations (id, customer_id, address_id, channel, team, resolve_reason, opened_at,
            state, resolved_at, last_at, last_text, last_direction, unread, revision)
        VALUES (?, ?, ?, ?, ?, ?, ?, 'resolved', ?, ?, ?, ?, 0, 1)""",
    "pass_on": """
        UPDATE conversations SET last_at = ?, last_text = ?, last_direction = ?, revision = revision + 1
        WHERE id = ?""",
    "under_way": """
        SELECT DISTINCT conversation_id FROM deliveries
        WHERE lane = ? AND conversation_id IN {ints} AND kind = 'message'
            AND state IN ('queued', 'ready', 'sending', 'asking') AND state IN ('sending', 'asking')""",
    "fill_messages": """
        UPDATE messages SET sent_at = ?, sender_name = ?, reply_to = ?, album = ?, text_before = ?,
            edit_only = false
        WHERE id = ?""",
    "keep_attachments": """
        INSERT INTO attachments (id, message_id, position, kind, ref, name, content_type, size, latitude,
            longitude, state, due_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
    "keep_happenings": """
        INSERT INTO happenings (id, conversation_id, kind, at, data) VALUES (?, ?, ?, ?, ?)""",
    # The first condition on the state is the partial index's own, so that SQLite may use it.
    "cards_waiting": """
        SELECT conversation_id FROM deliveries
        WHERE lane = 'slack-cards' AND conversation_id IN {ints}
            AND state IN ('queued', 'ready', 'sending', 'asking') AND state IN ('queued', 'ready')""",
    "owe": """
        INSERT INTO deliveries (id, lane, kind, conversation_id, message_id, key, data, state,
            owed_at, due_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?) ON CONFLICT (key) DO NOTHING""",
    "promote": """
        UPDATE deliveries SET state = 'ready' WHERE id IN (
            SELECT min(id) FROM deliveries
            WHERE lane IN ('slack', 'slack-cards', 'slack-marks') AND conversation_id IN {ints}
                AND state IN ('queued', 'ready', 'sending', 'asking')
            GROUP BY lane, conversation_id
            HAVING sum(CASE WHEN state = 'queued' THEN 0 ELSE 1 END) = 0)""",
    "edit_messages": """
        UPDATE messages SET text_before = text, text = ?, edited_at = ?
        WHERE id = ? AND (edited_at IS NULL OR edited_at <= ?) AND text <> ?""",
    "delete_messages": """
        UPDATE messages SET deleted_at = ? WHERE id = ? AND (deleted_at IS NULL OR deleted_at > ?)""",
    "react_messages": "UPDATE messages SET reaction = ? WHERE id = ?",
    "revise_conversations": "UPDATE conversations SET revision = revision + 1 WHERE id = ?",
    "known_deliveries": """
        SELECT external_id, id, message_id, conversation_id, state, rank FROM deliveries
        WHERE lane = ? AND external_id IN {texts}""",
    # By when a delivery was due and not when its answer was written, which the provider's mark may overtake.
    "deliveries_until": """
        SELECT d.external_id, d.id, d.message_id, d.conversation_id, d.state, d.rank, d.ended_at
        FROM addresses a JOIN conversations g ON g.customer_id = a.customer_id
            JOIN messages m ON m.conversation_id = g.id AND m.address_id = a.id AND m.direction = 'out'
            JOIN deliveries d ON d.message_id = m.id AND d.kind = 'message'
        WHERE a.address = ? AND d.lane = ? AND m.id > ? AND d.due_at <= ?
            AND d.state IN ('sending', 'asking', 'sent', 'delivered')""",
    "keep_early_receipts": """
        INSERT INTO early_receipts (id, channel, external_id, status, at, code, reason)
        VALUES (?, ?, ?, ?, ?, ?, ?)""",
    "forget_early_receipts": "DELETE FROM early_receipts WHERE id < ?",
    "early_changes": """
        SELECT external_id, status, at, reason FROM early_receipts
        WHERE channel = ? AND external_id IN {texts} AND status IN ('deleted', 'reacted') ORDER BY id""",
    "move_deliveries": "UPDATE deliveries SET state = ?, code = ?, reason = ? WHERE id = ?",
    "parts": """
        SELECT message_id, state, reason FROM deliveries
        WHERE kind IN ('message', 'call') AND message_id IN {ints}""",
    "move_messages": "UPDATE messages SET status = ?, status_at = ?, reason = ? WHERE id = ?",
    "known_consents": "SELECT external_id FROM consents WHERE channel = ? AND external_id IN {texts}",
    "keep_consents": """
        INSERT INTO consents (id, address_id, channel, external_id, word, source, wording, subject, at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
    "stop_addresses": """
        UPDATE addresses SET stopped_at = ?, stop_source = ?
        WHERE id = ? AND (stopped_at IS NULL OR stopped_at < ?) AND NOT EXISTS (
            SELECT 1 FROM consents WHERE address_id = addresses.id AND word = 'start' AND at > ?)""",
    "start_addresses": """
        UPDATE addresses SET stopped_at = NULL, stop_source = '' WHERE id = ? AND stopped_at < ?""",
    # A stop at one app holds for all marketing to the phone number; a later word that holds stays.
    "refuse_marketing": """
        INSERT INTO allowances (address_id, subject, allowed, at, consent_id)
        SELECT id, 'marketing', false, CAST(? AS bigint), CAST(? AS bigint) FROM addresses
        WHERE id = ? OR address IN (?, ?, ?)
        ON CONFLICT (address_id, subject) DO UPDATE SET allowed = false, at = excluded.at, until = NULL,
            consent_id = excluded.consent_id
        WHERE allowances.at <= excluded.at""",
    # Asked for by the customer's own word; of a yes and a no at one instant the no counts.
    "join_marketing": """
        INSERT INTO allowances (address_id, subject, allowed, at, consent_id)
        VALUES (?, 'marketing', true, ?, ?)
        ON CONFLICT (address_id, subject) DO UPDATE SET allowed = true, at = excluded.at, until = NULL,
            consent_id = excluded.consent_id
        WHERE allowances.at < excluded.at""",
    "refuse_subjects": """
        UPDATE allowances SET allowed = false, at = ?, until = NULL, consent_id = ?
        WHERE allowed AND at <= ? AND address_id IN (
            SELECT id FROM addresses WHERE id = ? OR address IN (?, ?, ?))""",
    "hear_reactions": """
        UPDATE addresses SET last_in_at = ? WHERE address = ? AND (last_in_at IS NULL OR last_in_at < ?)""",
}
