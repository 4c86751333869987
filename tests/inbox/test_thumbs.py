"""Small pictures: small in size and in what they take to make, and without what a camera wrote."""

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from inbox import thumbs


def saved(path: Path, mode: str, size: tuple[int, int], kind: str, **more: object) -> Path:
    Image.new(mode, size).save(path, kind, **more)
    return path


@pytest.mark.parametrize(
    ("mode", "kind", "size", "small"),
    [
        ("RGB", "JPEG", (1_600, 1_200), (640, 480)),
        ("L", "JPEG", (1_600, 1_200), (640, 480)),
        ("CMYK", "JPEG", (800, 800), (640, 640)),
        ("RGBA", "PNG", (300, 900), (213, 640)),
        ("P", "GIF", (64, 64), (64, 64)),
        ("RGB", "WEBP", (2_000, 10), (640, 3)),
        ("I;16", "PNG", (100, 100), (100, 100)),
        ("RGB", "JPEG", (9_000, 6_000), (640, 427)),
    ],
)
def test_a_picture_becomes_small_and_keeps_its_shape(
    tmp_path: Path, mode: str, kind: str, size: tuple[int, int], small: tuple[int, int]
) -> None:
    assert thumbs.make(saved(tmp_path / "a", mode, size, kind), tmp_path / "b")
    with Image.open(tmp_path / "b") as made:
        assert made.format == "WEBP"
        assert made.size == small


def test_a_picture_taken_upright_stands_upright_and_tells_nothing_of_its_owner(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010F] = "the maker of the camera"
    saved(tmp_path / "a", "RGB", (900, 600), "JPEG", exif=exif)
    assert thumbs.make(tmp_path / "a", tmp_path / "b")
    with Image.open(tmp_path / "b") as made:
        assert made.size == (427, 640)
        assert not made.getexif()


def bomb(path: Path, side: int = 60_000) -> Path:
    """A PNG that claims to unpack to gigabytes, in a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")))
    return path


def test_a_picture_that_would_unpack_to_gigabytes_is_not_unpacked(tmp_path: Path) -> None:
    assert not thumbs.make(bomb(tmp_path / "a"), tmp_path / "b")
    assert not thumbs.make(bomb(tmp_path / "a", 8_000), tmp_path / "b")
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("data", [b"", b"words", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0cut", b"<svg/>"])
def test_what_is_no_picture_makes_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)
    assert not thumbs.make(tmp_path / "a", tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_a_picture_that_ends_early_makes_none(tmp_path: Path) -> None:
    whole = saved(tmp_path / "a", "RGB", (900, 600), "PNG").read_bytes()
    (tmp_path / "a").write_bytes(whole[: len(whole) // 2])
    assert not thumbs.make(tmp_path / "a", tmp_path / "b")
