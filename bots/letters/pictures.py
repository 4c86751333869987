"""Pictures made fit for print: upright, on white, no finer than a printer sees."""

import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from bots.errors import Refused

FINEST: Final = 300
"""Dots an inch that are kept."""
COARSEST: Final = 100
"""Dots an inch below which a picture is not enlarged."""
LARGEST: Final = (7 * FINEST, 10 * FINEST)
"""Dots of the largest page's room."""
MOST_DOTS: Final = 60_000_000
INCH: Final = 25.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A JPEG or PNG of *width* and *height* dots; *name* stands below it."""

    name: str
    content: bytes
    width: int
    height: int

    def within(self, width: float, height: float) -> tuple[float, float]:
        """Give the millimetres it takes in a room of *width* and *height*."""
        scale = min(width / self.width, height / self.height, INCH / COARSEST)
        return self.width * scale, self.height * scale


def fit(path: Path, name: str) -> Picture:
    """Read the picture at *path*; raises Refused where it is none or too large."""
    try:
        with warnings.catch_warnings(), Image.open(path) as opened:
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            if opened.width * opened.height > MOST_DOTS:
                raise Refused(f"The picture {name} is too large to print.", code="picture")
            kind = "JPEG" if opened.format == "JPEG" else "PNG"
            upright = _on_white(ImageOps.exif_transpose(opened))
            upright.thumbnail(LARGEST, Image.Resampling.LANCZOS)
            written = BytesIO()
            upright.save(written, kind, quality=92, dpi=(FINEST, FINEST))
    except (UnidentifiedImageError, Image.DecompressionBombError, ValueError, SyntaxError) as error:
        raise Refused(f"The file {name} is no picture that can be printed.", code="picture") from error
    except OSError as error:
        raise Refused(f"The file {name} cannot be read.", code="picture") from error
    return Picture(name=name, content=written.getvalue(), width=upright.width, height=upright.height)


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    page = Image.new("RGBA", layer.size, "white")
    page.alpha_composite(layer)
    return page.convert("RGB")
