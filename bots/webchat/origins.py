"""Where a browser's request comes from, and whether that place may speak to us."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """Return the origin of *url* as browsers write it, or "" where it has none (RFC 6454, 6.1)."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in DEFAULT_PORTS or not host:
        return ""
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != DEFAULT_PORTS[parts.scheme] else "")


def may_speak(headers: Mapping[str, str], url: str, sites: Sequence[str]) -> bool:
    """Whether the page that made the request is ours or on the list.

    A request without Origin comes from no page (browsers add it to every POST); its token alone
    decides. Our own pages are known by the public *url* and by the Host they were asked under.
    """
    origin = headers.get("origin")
    if origin is None:
        return True
    host = headers.get("host", "")
    own = {origin_of(url), origin_of(f"http://{host}"), origin_of(f"https://{host}")} - {""}
    return origin in own or origin in sites
