"""Picture files in, small pictures that stand inside a page out."""

import base64
from pathlib import Path

from coopwatch.errors import PictureError
from coopwatch.vision.picture import encode_jpeg, read_picture, shrink

LONGEST = 320  # pixels; sharp on a phone at half that size


def thumbnail(file: Path) -> str | None:
    """A `data:` address of the picture; None where it is no longer there or does not decode."""
    try:
        small = shrink(read_picture(file), LONGEST)
    except PictureError:
        return None
    return "data:image/jpeg;base64," + base64.b64encode(encode_jpeg(small, quality=80)).decode("ascii")
