"""Why a touch was not sent, waits or ended, and what became of it: one code each, one sentence beside it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # the customer
        "merged_elsewhere": "This record was joined with another one, which has its own touch.",
        "suppressed_deceased": "The customer has died.",
        "suppressed_erased": "The customer asked to be forgotten.",
        "underage": "The customer is younger than we may write to.",
        "not_in_segment": "The customer is not, or no longer, among those this touch is for.",
        # the birthday and the occasion
        "incomplete_birthdate": "The birthday has no day or no month.",
        "placeholder_birthdate": "The birthday looks like a default, not like a date somebody told us.",
        "not_scheduled": "The birthday came with an import today; it is greeted from next year on.",
        "ambiguous_birthdate": "Day and month of the birthday may be swapped; an agent should look.",
        "cooldown_300_days": "The customer had this yearly greeting less than 300 days ago.",
        "already_sent_this_occasion": "There was a touch for this occasion before.",
        "once_a_day": "The customer got one of this kind on the same day.",
        "duplicate_address": "Somebody else at the same address gets this touch.",
        "anchor_gone": "What this touch was to follow is no longer there.",
        "anchor_moved": "What this touch follows was moved, and the touch with it.",
        "not_due_yet": "Its hour has not come.",
        "missing_variable": "The text needs something we do not know of this customer.",
        # consent
        "no_consent": "The customer was not asked, or did not allow it.",
        "consent_expired": "What the customer allowed has run out.",
        "opted_out": "The customer asked us to stop.",
        "opted_out_same_number": "The customer asked us to stop on another app with the same number.",
        # what the customer, the order or an agent did
        "customer_wrote_first": "The customer wrote to us first.",
        "bought_again": "The customer bought again.",
        "order_returned": "The customer returned the order.",
        "taken_by_agent": "An agent takes care of the customer.",
        "open_complaint": "A complaint is open, or was until just now.",
        "open_conversation": "The customer and an agent are talking.",
        "awaiting_approval": "An agent has to approve it first.",
        "approval_refused": "An agent decided against it.",
        "not_approved": "No agent approved it before its time was over.",
        "stopped_by_agent": "An agent stopped it.",
        # the clock
        "expired": "Its time was over before it could leave.",
        "outside_allowed_hours": "It is outside the hours in which we may write to the customer.",
        "no_allowed_hours_left": "No hour in which we may write is left before its time is over.",
        "jurisdiction_closed_all_day": "The law where the customer is allows no hour of that day.",
        "window_closed_before_allowed_hours": "The channel closes before we may write to the customer again.",
        "no_common_hour": "The customer may be in several time zones, and no hour suits them all.",
        # caps
        "daily_cap": "The customer got today's touch already.",
        "weekly_cap": "The customer got as many touches in seven days as we allow.",
        "jurisdiction_cap": "The customer got as many touches as the law there allows in a day.",
        "min_gap": "The last touch is too recent.",
        "birthday_keeps_the_day": "The day belongs to the customer's birthday.",
        # channels
        "no_channel": "We have no address of the customer on a channel of this touch.",
        "channel_not_connected": "The channel of this address is not connected.",
        "channel_not_for_this_touch": "This touch does not go over this channel.",
        "not_begun_there": "It is a place where we answer and begin nothing, as under a post.",
        "channel_not_registered": "The channel is not registered for messages of this kind.",
        "channel_quota": "The channel has sent as many as it may today.",
        "window_closed": "The customer wrote too long ago for this channel to let us write.",
        "template_not_sendable": "The channel asks for an approved template, and none fits.",
        "us_marketing_templates_not_delivered": "The channel delivers no marketing to numbers there.",
        "address_closed": "The address cannot be reached.",
        "address_rests": "The address cannot be reached for now.",
        "blocked": "The customer blocked us there.",
        "undeliverable": "The address does not take messages.",
        "no_such_number": "The number is not in service.",
        "no_such_address": "There is nobody at this address any more.",
        "not_on_channel": "The number is not on this app.",
        "per_user_limit": "The channel gives the customer no more marketing for now.",
        "delivery_failed": "It was tried there and certainly did not arrive.",
        "another_chosen": "Another address of the customer was chosen.",
        "result_unknown": "The channel never said whether it arrived; it is not sent twice.",
        # us
        "paused": "All touches are paused.",
        "instance_changed_confirm_before_sending": (
            "This is a restored or copied database; somebody has to confirm before touches go on."
        ),
        "touch_switched_off": "This touch was switched off.",
        "our_mistake": "A mistake of ours kept it back; it is tried again, and the log says what it was.",
        "control": "The customer is in the group left out to compare.",
    }
)
"""What an agent reads for each code."""

OUTCOMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sent": "Sent",
        "not_sent": "Not sent",
        "cancelled": "Cancelled",
        "held_then_sent": "Held, then sent",
        "deferred": "Moved to later",
        "shown": "Shown in the web chat",
        "control": "Left out to compare",
        "paused": "Paused",
        "quarantined": "Birthday set aside",
        "not_scheduled": "Not planned",
        "expired": "Too late",
    }
)
"""What became of a touch, as pages and reports head it."""

ZONE_SOURCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "own": "the customer told us",
        "device": "seen at their browser",
        "region": "from their postal address",
        "phone": "from their phone number",
        "country": "from their country",
        "account": "ours, for want of another",
    }
)
"""How we know a customer's clock."""

CHANNEL_WHYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "preference": "the customer prefers it",
        "writes_most": "the customer wrote most there in 90 days",
        "order": "first in our order",
        "only": "the only one that is open",
    }
)
"""Why a touch goes over its channel."""
