"""Reading the desk's forms: fields, and files that are kept while they come in."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web

from inbox.desk.errors import FileRefused
from inbox.desk.web.guard import check_token
from inbox.desk.web.site import Visit
from inbox.media import KeptFile, MediaStore, TooLarge

FIELD_BYTES = 400_000
MOST_FILES = 10
CHUNK = 64 * 1024


@dataclass(slots=True, kw_only=True)
class Form:
    """What a form says, and the files that came with it."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[KeptFile] = field(default_factory=list)
    refused: str = ""

    def text(self, name: str) -> str:
        """Return a field with one kind of line end; empty where it is not there."""
        return self.fields.get(name, "").replace("\r\n", "\n").replace("\r", "\n")

    def discard(self, media: MediaStore) -> None:
        """Throw away the files of a form that was not done."""
        for file in self.files:
            media.open(file.path).unlink(missing_ok=True)
        self.files.clear()


async def form_of(visit: Visit) -> Form:
    """Read the visit's form and check its token, before any file is read; raises NotOurs."""
    if visit.request.content_type == "multipart/form-data":
        return await _streamed(visit)
    posted = await visit.request.post()
    form = Form(fields={name: value for name, value in posted.items() if isinstance(value, str)})
    check_token(visit, form.fields.get("csrf"))
    return form


async def _streamed(visit: Visit) -> Form:
    form = Form()
    reader = await visit.request.multipart()
    async for part in reader:
        if not isinstance(part, BodyPartReader):
            continue
        if part.filename is None:
            form.fields[part.name or ""] = await _field(part)
            continue
        check_token(visit, form.fields.get("csrf"))
        if part.filename:
            await _take(visit, form, part)
    check_token(visit, form.fields.get("csrf"))
    return form


async def _take(visit: Visit, form: Form, part: BodyPartReader) -> None:
    """Keep one file, or remember why not; the rest of the form is still read."""
    name = part.filename or ""
    cap = visit.app.settings.attachment_bytes
    try:
        if len(form.files) >= MOST_FILES:
            raise FileRefused(f"At most {MOST_FILES} files go into one message.")
        kept = await visit.app.media.keep(
            _chunks(part),
            name=name,
            content_type=part.headers.get("Content-Type", ""),
            cap=cap,
        )
        form.files.append(kept)
    except TooLarge as error:
        form.refused = f"{name} is {error}. Nothing was sent."
    except FileRefused as error:
        form.refused = str(error)
    if form.refused:
        await part.release()


async def _field(part: BodyPartReader) -> str:
    whole = bytearray()
    async for chunk in _chunks(part):
        whole += chunk
        if len(whole) > FIELD_BYTES:
            raise web.HTTPRequestEntityTooLarge(max_size=FIELD_BYTES, actual_size=len(whole))
    return whole.decode("utf-8", "replace")


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(CHUNK):
        yield chunk
