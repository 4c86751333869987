"""Reading the desk's forms: fields, and files that are kept while they come in."""

from dataclasses import dataclass, field

from aiohttp import BodyPartReader

from inbox.bucket import Away
from inbox.desk.errors import FileRefused
from inbox.desk.web.guard import check_token
from inbox.desk.web.site import Visit
from inbox.media import KeptFile, MediaStore, TooLarge
from inbox.posted import chunks_of, fields_of, parts_of, text_of

FIELD_BYTES = 400_000
MOST_FILES = 10
FORM_BYTES = 1_000_000


@dataclass(slots=True, kw_only=True)
class Form:
    """What a form says, and the files that came with it."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[KeptFile] = field(default_factory=list)
    refused: str = ""

    def text(self, name: str) -> str:
        """Return a field without NUL and with one kind of line end; empty where it is not there."""
        return self.fields.get(name, "").replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")

    async def discard(self, media: MediaStore) -> None:
        """Throw away the files of a form that was not done."""
        for file in self.files:
            await media.discard(file.path)
        self.files.clear()


def gesture(visit: Visit, form: Form, *chosen: str) -> str:
    """Name the gesture of a form, with what was *chosen* in it: the same form sent twice is one."""
    if not form.text("key"):
        return ""
    picked = [form.text(one)[:64] for one in chosen]
    return ":".join(("web", str(visit.agent.id), form.text("key")[:64], *picked))


async def form_of(visit: Visit, *, files: bool = False) -> Form:
    """Read the visit's form and check its token, before any file is read; raises NotOurs.

    Its files are kept where *files* are wanted, and not even then if the rest cannot be read.
    """
    form = Form()
    if visit.request.content_type == "multipart/form-data":
        try:
            await _stream(visit, form, files=files)
        except BaseException:
            await form.discard(visit.app.media)
            raise
    else:
        form.fields = await fields_of(visit.request, FORM_BYTES)
    check_token(visit, form.fields.get("csrf"))
    return form


async def _stream(visit: Visit, form: Form, *, files: bool) -> None:
    async for part in parts_of(visit.request):
        if part.filename is None:
            form.fields[part.name or ""] = await text_of(part, FIELD_BYTES)
            continue
        check_token(visit, form.fields.get("csrf"))
        if part.filename and files:
            await _take(visit, form, part)


async def _take(visit: Visit, form: Form, part: BodyPartReader) -> None:
    """Keep one file, or remember why not; the rest of the form is still read."""
    name = part.filename or ""
    cap = visit.app.settings.attachment_bytes
    try:
        if len(form.files) >= MOST_FILES:
            raise FileRefused(f"At most {MOST_FILES} files go into one message.")
        kept = await visit.app.media.keep(
            chunks_of(part),
            name=name,
            content_type=part.headers.get("Content-Type", ""),
            cap=cap,
        )
        form.files.append(kept)
    except TooLarge as error:
        form.refused = f"{name} is {error}. Nothing was sent."
    except FileRefused as error:
        form.refused = str(error)
    except Away as error:
        form.refused = f"{name} was not kept: {error}. Nothing was sent."
    if form.refused:
        await part.release()
