"""Settings for a look-alike, and messages to send."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bots.channel import MediaOut, MessageOut
from tests.providers.whatsapp import WhatsAppLookAlike

CUSTOMER = "34600123456"
ADDRESS = f"whatsapp:+{CUSTOMER}"


def section(meta: WhatsAppLookAlike, **changes: Any) -> dict[str, Any]:
    return {
        "access_token": meta.token,
        "phone_number_id": meta.number_id,
        "app_secret": meta.app_secret,
        "verify_token": meta.verify_token,
        "business_account_id": meta.account_id,
        "base_url": meta.base_url,
        **changes,
    }


def out(text: str = "Hello", **changes: Any) -> MessageOut:
    plain = MessageOut(key="k1", address=ADDRESS, text=text, owed_at=datetime.now(UTC))
    return replace(plain, **changes)


def medium(folder: Path, content_type: str, name: str = "a", size: int = 0) -> tuple[MediaOut, ...]:
    path = folder / "kept"
    path.write_bytes(b"content")
    return (
        MediaOut(
            name=name,
            content_type=content_type,
            size=size or 7,
            path=path,
            url="https://inbox.example/files/a?signed",
        ),
    )


def template(name: str, language: str = "en_US", **parts: Any) -> dict[str, Any]:
    """Make a row of Meta's list; *parts* are body, header, format, footer, buttons, status, category."""
    components: list[dict[str, Any]] = []
    if "header" in parts or "format" in parts:
        shown = parts.get("format", "TEXT")
        components.append({"type": "HEADER", "format": shown, "text": parts.get("header", "")})
    components.append({"type": "BODY", "text": parts.get("body", "Hello")})
    if "footer" in parts:
        components.append({"type": "FOOTER", "text": parts["footer"]})
    if "buttons" in parts:
        components.append({"type": "BUTTONS", "buttons": parts["buttons"]})
    return {
        "id": "1",
        "name": name,
        "language": language,
        "status": parts.get("status", "APPROVED"),
        "category": parts.get("category", "UTILITY"),
        "components": components,
    }
