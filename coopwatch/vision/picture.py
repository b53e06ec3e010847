"""Bytes or files of pictures in, uint8 RGB pixels out; and pixels back to JPEG."""

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from coopwatch.errors import PictureError
from coopwatch.values import Pixels

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM")
MOST_PIXELS = 64_000_000  # 192 MB decoded; a larger picture is a mistake or an attack
MOST_BYTES = 256_000_000
_SIXTEEN_BIT = ("I;16", "I;16B", "I;16L", "I;16N", "I")


def read_picture(path: Path) -> Pixels:
    """Read a picture file as `decode_picture` does.

    Raises:
        PictureError: no such file, not readable, or not a whole picture.
    """
    return decode_picture(read_bytes(path), name=str(path))


def read_bytes(path: Path) -> bytes:
    """The bytes of a picture file.

    Raises:
        PictureError: no such file, not readable, or larger than a picture is.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise _refused(str(path), f"{size:,} bytes", f"at most {MOST_BYTES:,}", "save it smaller")
        return path.read_bytes()
    except OSError as error:
        raise _refused(str(path), str(error.strerror), "a readable picture", "name another file") from error


def decode_picture(data: bytes, *, name: str = "picture") -> Pixels:
    """Decode a whole picture to (height, width, 3) RGB, turned upright by its EXIF orientation.

    Grey becomes RGB, 16 bits become 8, CMYK becomes RGB, transparent parts become white.

    Raises:
        PictureError: not a picture, cut short, or too large; the text begins with `name`.
    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _check_size(image, name)
            return np.ascontiguousarray(_to_rgb(ImageOps.exif_transpose(image), name))
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name, str(error)) from error
    except Exception as error:
        # Border: fed with damaged bytes, decoders raise almost anything (OSError, SyntaxError, struct.error, ...).
        reason = "no picture" if isinstance(error, UnidentifiedImageError) else str(error)
        reason = reason if data else "no bytes"
        expected = f"a whole picture ({', '.join(FORMATS)})"
        raise _refused(name, reason, expected, "take or save the picture again") from error


def encode_jpeg(pixels: Pixels, quality: int = 90, *, comment: bytes = b"") -> bytes:
    """The pixels as a JPEG file's bytes; `quality` 1..95. A comment is for programs; no viewer shows it."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="JPEG", quality=quality, comment=comment)
    return buffer.getvalue()


def shrink(pixels: Pixels, longest: int = 1280) -> Pixels:
    """The picture with its longer side at most `longest` pixels; a smaller one as it is."""
    height, width = pixels.shape[:2]
    if max(height, width) <= longest:
        return pixels
    image = Image.fromarray(pixels)
    image.thumbnail((longest, longest))
    return np.asarray(image)


def _check_size(image: Image.Image, name: str) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise _too_large(name, f"{width}x{height} pixels")


def _to_rgb(image: Image.Image, name: str) -> Pixels:
    if image.mode in _SIXTEEN_BIT:
        # Pillow's own conversion cuts at 255 instead of scaling.
        grey = (np.asarray(image).astype(np.int64).clip(0, 65_535) >> 8).astype(np.uint8)
        return np.repeat(grey[:, :, np.newaxis], 3, axis=2)
    if image.mode == "F":
        raise _refused(name, "floating-point pixels", "8 or 16 bits a channel", "save it as JPEG or PNG")
    if image.has_transparency_data:
        transparent = image.convert("RGBA")
        white = Image.new("RGBA", transparent.size, "white")
        return np.asarray(Image.alpha_composite(white, transparent).convert("RGB"))
    return np.asarray(image.convert("RGB"))


def _too_large(name: str, received: str) -> PictureError:
    return _refused(name, received, f"at most {MOST_PIXELS:,} pixels", "save the picture smaller")


def _refused(name: str, received: str, expected: str, remedy: str) -> PictureError:
    return PictureError(f"{name}: received {received}, expected {expected}; {remedy}")
