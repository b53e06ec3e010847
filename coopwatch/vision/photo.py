"""An event's photo: a frame and the nest it is about in; a clean JPEG that carries the nest's place out, and back.

Nothing is drawn on what is kept: the nest is framed when the photo is sent, and the pixels stay fit to learn from.
"""

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from coopwatch.values import Pixels, Region
from coopwatch.vision.annotate import mark_region
from coopwatch.vision.picture import decode_picture, encode_jpeg, read_bytes, shrink

_MARK = b"coopwatch nest "  # begins the JPEG's comment; the region's four numbers follow


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo as it is kept."""

    pixels: Pixels
    region: Region | None = None  # of the nest it is about; None: of none, or one of a time when frames were drawn in

    @property
    def framed(self) -> Pixels:
        """With a frame around the nest."""
        return self.pixels if self.region is None else mark_region(self.pixels, self.region)


def encode_photo(pixels: Pixels, region: Region | None) -> bytes:
    """The picture, at most 1280 px, as the bytes of a JPEG that tells the nest's region."""
    if region is None:
        return encode_jpeg(shrink(pixels))
    numbers = (region.left, region.top, region.right, region.bottom)
    return encode_jpeg(shrink(pixels), comment=_MARK + " ".join(map(repr, numbers)).encode())


def decode_photo(jpeg: bytes, *, name: str = "photo") -> Photo:
    """The photo of these bytes, whole.

    Raises:
        PictureError: see `decode_picture`.
    """
    return Photo(pixels=decode_picture(jpeg, name=name), region=_region(jpeg))


def read_photo(path: Path) -> Photo:
    """The photo of a file.

    Raises:
        PictureError: see `read_picture`.
    """
    return decode_photo(read_bytes(path), name=str(path))


def _region(jpeg: bytes) -> Region | None:
    with Image.open(io.BytesIO(jpeg)) as image:
        comment = image.info.get("comment", b"")
    if not isinstance(comment, bytes) or not comment.startswith(_MARK):
        return None
    try:
        left, top, right, bottom = map(float, comment.removeprefix(_MARK).split())
        return Region(left=left, top=top, right=right, bottom=bottom)
    except ValueError:
        return None  # another program's words
