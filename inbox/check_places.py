"""Where everything is kept, as far as it can be told before anything starts."""

import os
from collections.abc import Iterator
from pathlib import Path

from config.filling import HOUSE_KEY
from config.settings import Settings
from inbox.findings import Finding
from storage.database import make_url


def of_places(settings: Settings) -> Iterator[Finding]:
    """Look at the database, the journal, and the files."""
    yield _of_database(settings)
    yield from _of_journal(settings)
    yield _of_folder("media folder", settings.media_dir)
    yield from _of_bucket(settings)


def _of_journal(settings: Settings) -> Iterator[Finding]:
    """Say where hooks are kept first, and what many nodes need beside it."""
    if not settings.journal:
        return
    hosts = settings.journal.partition("://")[2].rpartition("@")[2].split(",")
    words = ""
    if not settings.database.startswith("postgresql://"):
        words = "many nodes share a PostgreSQL: write database = 'postgresql://…', or leave journal out"
    elif not settings.source.env.get(HOUSE_KEY):
        words = f"many nodes share one secret: set {HOUSE_KEY} to the same on each"
    if words:
        yield Finding(what="journal", state="missing", words=words)
        return
    copies = "three copies" if len(hosts) > 2 else "one copy: name three servers or more for three"
    yield Finding(what="journal", state="ok", words=f"JetStream at {', '.join(hosts)}; {copies}")
    if not settings.media:
        words = f"{settings.media_dir} must be one folder that all nodes share; else name a bucket in media"
        yield Finding(what="nodes", state="ok", words=words)


def _of_database(settings: Settings) -> Finding:
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and url.database:
        return _of_folder("database", Path(url.database).parent, f"SQLite, {url.database}")
    return Finding(what="database", state="ok", words=url.render_as_string(hide_password=True))


def _of_folder(what: str, folder: Path, words: str = "") -> Finding:
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        remedy = f"{there} cannot be written. Give it to the account that runs tidings, or name another."
        return Finding(what=what, state="missing", words=remedy)
    return Finding(what=what, state="ok", words=words or str(folder))


def _of_bucket(settings: Settings) -> Iterator[Finding]:
    """Say where files go on to, where that is not only the folder."""
    if not settings.media:
        return
    at = f" at {settings.media_endpoint}" if settings.media_endpoint else ""
    if bool(settings.media_key_id) != bool(settings.media_secret.get_secret_value()):
        words = "media_key_id and TIDINGS_MEDIA_SECRET go together; shown when the access key is made"
        yield Finding(what="bucket", state="missing", words=words)
        return
    own = "" if settings.media_key_id else ", with the machine's own role"
    yield Finding(what="bucket", state="ok", words=f"{settings.media}{at}{own}")
