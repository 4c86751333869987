"""Files in a bucket: a real client against a server that speaks S3, on loopback."""

import logging
import os
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer
from obstore.exceptions import BaseError
from PIL import Image
from pydantic import SecretStr

from config.settings import Settings
from inbox.bucket import Away, Bucket, take_out
from inbox.media import MediaStore, TooLarge, store_of

SECRET = "a-secret-that-nobody-may-read"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of a store with one bucket."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    with urlopen(Request(f"{address}/media", method="PUT")) as answer:
        assert answer.status == 200
    yield address
    server.stop()


@pytest.fixture
def store(s3: str, tmp_path: Path) -> MediaStore:
    return opened(s3, tmp_path / "one")


def opened(endpoint: str, folder: Path) -> MediaStore:
    """One machine's view of the store, with a folder of its own."""
    settings = Settings(
        media="s3://media/of/ours",
        media_endpoint=endpoint,
        media_key_id="key",
        media_secret=SecretStr(SECRET),
        media_dir=folder,
        secret_key=SecretStr("0" * 32),
    )
    return store_of(settings)


async def chunks(data: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


def picture(width: int = 1_200, height: int = 900) -> bytes:
    made = BytesIO()
    Image.new("RGB", (width, height), "teal").save(made, "JPEG")
    return made.getvalue()


async def test_what_one_machine_keeps_another_reads(store: MediaStore, s3: str, tmp_path: Path) -> None:
    data = os.urandom(6_000_000)  # more than one part
    kept = await store.keep(chunks(data), name="a.bin", content_type="", cap=10_000_000)
    assert (kept.size, kept.content_type) == (len(data), "application/octet-stream")
    path = await opened(s3, tmp_path / "two").here(kept.path)
    assert path.read_bytes() == data
    assert path.is_relative_to(tmp_path / "two")
    assert [one.name for one in path.parent.iterdir()] == [path.name]


async def test_a_file_that_is_there_is_not_fetched_again(store: MediaStore) -> None:
    kept = await store.keep(chunks(b"once"), name="a.txt", content_type="text/plain", cap=100)
    path = await store.here(kept.path)
    path.write_bytes(b"ours")
    assert (await store.here(kept.path)).read_bytes() == b"ours"


async def test_a_file_that_is_too_large_is_nowhere(store: MediaStore, tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        await store.keep(chunks(b"x" * 1_000, 100), name="a", content_type="", cap=999)
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []


async def test_what_is_discarded_is_gone_everywhere(store: MediaStore, s3: str, tmp_path: Path) -> None:
    kept = await store.keep(chunks(picture()), name="a.jpg", content_type="image/jpeg", cap=1_000_000)
    assert await store.small(kept.path) is not None
    await store.discard(kept.path)
    await store.discard(kept.path)
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []
    other = opened(s3, tmp_path / "two")
    with pytest.raises(FileNotFoundError):
        await other.here(kept.path)
    with pytest.raises(FileNotFoundError):
        await other.small(kept.path)


async def test_a_small_picture_is_made_once_for_all_machines(
    store: MediaStore, s3: str, tmp_path: Path
) -> None:
    kept = await store.keep(chunks(picture()), name="a.jpg", content_type="image/jpeg", cap=1_000_000)
    small = await store.small(kept.path)
    assert small is not None
    other = opened(s3, tmp_path / "two")
    again = await other.small(kept.path)
    assert again is not None
    assert again.read_bytes() == small.read_bytes()
    assert not other.open(kept.path).exists()


async def test_copies_that_nobody_asks_for_are_taken_out_and_come_back(store: MediaStore) -> None:
    kept = await store.keep(chunks(b"words"), name="a.txt", content_type="text/plain", cap=100)
    path = await store.here(kept.path)
    root = path.parent.parent
    beside = root / "uploads" / "ab"
    beside.mkdir(parents=True)
    (beside / "not-ours").write_bytes(b"x")
    take_out(root, path.stat().st_mtime - 1)
    assert path.exists()
    take_out(root, path.stat().st_mtime + 1)
    assert not path.exists()
    assert (beside / "not-ours").exists()
    assert (await store.here(kept.path)).read_bytes() == b"words"


async def test_a_store_that_is_away_says_so_without_its_secret(tmp_path: Path) -> None:
    store = opened("http://127.0.0.1:9", tmp_path)
    with pytest.raises(Away) as away:
        await store.keep(chunks(b"x"), name="a", content_type="", cap=10)
    assert str(away.value) == "the store of our files does not answer"
    assert isinstance(away.value.__cause__, BaseError)
    assert SECRET not in repr(away.value.__cause__)
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []
    with pytest.raises(Away):
        await store.here("ab/abc")
    with pytest.raises(Away):
        await store.discard("ab/abc")


async def test_no_path_leads_out_of_the_store(store: MediaStore) -> None:
    with pytest.raises(ValueError, match="leads out"):
        await store.here("../../etc/passwd")


@pytest.mark.parametrize(
    "url", ["https://media", "s3://", "s3:///prefix", "s3://key:secret@media", "s3://media?x=1", "media"]
)
def test_a_bucket_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="s3://bucket"):
        Settings(media=url)


def test_no_secret_shows(s3: str) -> None:
    settings = Settings(media="s3://media", media_secret=SecretStr(SECRET))
    bucket = Bucket("s3://media", endpoint=s3, key_id="key", secret=SecretStr(SECRET))
    assert SECRET not in repr(settings) + repr(bucket) + str(vars(bucket))
