"""Small pictures of large ones, for lists: made once, without what a camera wrote about its owner."""

from pathlib import Path
from typing import Final

FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP")
BOX: Final = (640, 640)
MOST_PIXELS: Final = {"JPEG": 100_000_000}
"""A JPEG is decoded at an eighth of its size where that is enough."""
MOST_OTHERWISE: Final = 12_000_000
"""Pixels that are decoded, at four bytes each: more could be a small file that unpacks to gigabytes."""


def make(source: Path, target: Path) -> bool:
    """Write a WebP picture of at most 640 × 640 to *target*; False where *source* is none, or too large.

    The size is read from the header, before anything is decoded.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError  # three MiB, for who is sent pictures

    try:
        with Image.open(source, formats=FORMATS) as image:
            name = image.format or ""
            if image.width * image.height > MOST_PIXELS.get(name, MOST_OTHERWISE):
                return False
            image.draft("RGB", BOX)
            if image.width * image.height > MOST_OTHERWISE:
                return False
            small = ImageOps.exif_transpose(image)
            small.thumbnail(BOX)
            alpha = "A" in small.getbands() or "transparency" in small.info
            small.convert("RGBA" if alpha else "RGB").save(target, "WEBP", quality=80, exif=b"")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        target.unlink(missing_ok=True)
        return False
    return True
