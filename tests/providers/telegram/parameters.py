"""Which parameters each method of the look-alike takes."""

COMMON = "chat_id reply_parameters disable_notification protect_content reply_markup"
FILED = f"{COMMON} caption parse_mode caption_entities"

# What each method takes; checked against Telegram's own description where that is at hand.
PARAMETERS: dict[str, frozenset[str]] = {
    method: frozenset(names.split())
    for method, names in {
        "getMe": "",
        "getUpdates": "offset limit timeout allowed_updates",
        "setWebhook": "url secret_token allowed_updates max_connections drop_pending_updates ip_address",
        "deleteWebhook": "drop_pending_updates",
        "getWebhookInfo": "",
        "sendMessage": f"{COMMON} text parse_mode entities link_preview_options",
        "sendPhoto": f"{FILED} photo",
        "sendDocument": f"{FILED} document disable_content_type_detection",
        "sendAudio": f"{FILED} audio",
        "sendVideo": f"{FILED} video",
        "sendVoice": f"{FILED} voice",
        "sendAnimation": f"{FILED} animation",
        "editMessageText": "chat_id message_id text parse_mode entities reply_markup",
        "editMessageCaption": "chat_id message_id caption parse_mode reply_markup",
        "deleteMessage": "chat_id message_id",
        "setMessageReaction": "chat_id message_id reaction is_big",
        "getFile": "file_id",
        "answerCallbackQuery": "callback_query_id text show_alert",
    }.items()
}
