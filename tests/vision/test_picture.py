import io
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from coopwatch.errors import PictureError
from coopwatch.vision import picture
from coopwatch.vision.picture import decode_picture, encode_jpeg, read_picture

WIDE = (40, 20)  # width, height
_PATCHWORK = np.random.default_rng(1).integers(0, 256, (160, 200, 3), dtype=np.uint8)


def as_file(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("image", "kind", "expected"),
    [
        (Image.new("RGB", WIDE, (200, 100, 50)), "PNG", (200, 100, 50)),
        (Image.new("L", WIDE, 77), "JPEG", (77, 77, 77)),
        (Image.new("1", WIDE, 1), "PNG", (255, 255, 255)),
        (Image.new("RGBA", WIDE, (10, 20, 30, 0)), "PNG", (255, 255, 255)),  # what is hidden must not be seen
        (Image.new("RGBA", WIDE, (10, 20, 30, 255)), "WEBP", (10, 20, 30)),
        (Image.new("LA", WIDE, (90, 255)), "PNG", (90, 90, 90)),
        (Image.new("P", WIDE, 0), "GIF", (0, 0, 0)),
        (Image.new("CMYK", WIDE, (0, 0, 0, 255)), "JPEG", (0, 0, 0)),
        (Image.new("CMYK", WIDE, (0, 255, 255, 0)), "TIFF", (255, 0, 0)),
        (Image.fromarray(np.full((20, 40), 0x8000, dtype=np.uint16)), "PNG", (128, 128, 128)),
        (Image.fromarray(np.full((20, 40), 0xFFFF, dtype=np.uint16)), "TIFF", (255, 255, 255)),
        (Image.new("I", WIDE, 0x4000), "TIFF", (64, 64, 64)),
    ],
    ids=lambda value: value.mode if isinstance(value, Image.Image) else "",
)
def test_every_kind_of_picture_becomes_eight_bit_rgb(image: Image.Image, kind: str, expected: tuple[int, ...]) -> None:
    pixels = decode_picture(as_file(image, kind))
    assert pixels.shape == (20, 40, 3)
    assert pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int) - expected).max() <= 2


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_stands_upright(orientation: int) -> None:
    undo = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    upright = np.zeros((20, 40, 3), np.uint8)
    upright[:5, :10] = 255
    stored = Image.fromarray(upright) if undo is None else Image.fromarray(upright).transpose(undo)
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert np.array_equal(decode_picture(as_file(stored, "PNG", exif=exif)), upright)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no bytes"),
        (b"<html>401 Unauthorized</html>", "received no picture"),
        (as_file(Image.fromarray(_PATCHWORK), "JPEG")[:4000], "truncated"),
        (as_file(Image.fromarray(_PATCHWORK), "PNG")[:4000], "truncated"),
        (as_file(Image.new("F", WIDE, 0.5), "TIFF"), "floating-point"),
    ],
)
def test_what_does_not_decode_is_refused_with_name_reason_and_remedy(data: bytes, said: str) -> None:
    with pytest.raises(PictureError, match=r"door\.jpg: received .*expected .*;") as caught:
        decode_picture(data, name="door.jpg")
    assert said in str(caught.value)


def test_a_picture_bomb_is_refused_before_it_is_decoded() -> None:
    for side in (9_000, 20_000):  # the larger one Pillow itself refuses
        with pytest.raises(PictureError, match="at most 64,000,000 pixels"):
            decode_picture(_png_header(side, side))


def _png_header(width: int, height: int) -> bytes:
    head = b"IHDR" + width.to_bytes(4) + height.to_bytes(4) + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4) + head + zlib.crc32(head).to_bytes(4) + b"\0\0\0\0IDAT"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r"gone\.jpg: received No such file"):
        read_picture(tmp_path / "gone.jpg")


def test_a_huge_file_is_not_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "MOST_BYTES", 10)
    (tmp_path / "huge.jpg").write_bytes(b"x" * 11)
    with pytest.raises(PictureError, match="received 11 bytes"):
        read_picture(tmp_path / "huge.jpg")


def test_a_jpeg_written_reads_back_nearly_the_same(tmp_path: Path) -> None:
    slope = np.broadcast_to(np.arange(64, dtype=np.uint8)[:, None, None] * 3, (64, 64, 3)).copy()
    (tmp_path / "slope.jpg").write_bytes(encode_jpeg(slope))
    assert np.abs(read_picture(tmp_path / "slope.jpg").astype(int) - slope).max() <= 3
