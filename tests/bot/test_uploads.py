"""Rules of photos: they go up once, they decode, and nobody waits long for another chat's upload."""

import asyncio
import io
from pathlib import Path

import numpy as np
import pytest
from fakes.store import FakeStore
from PIL import Image

from coopwatch.bot.uploads import Photo, Uploads
from coopwatch.values import Region
from coopwatch.vision.photo import encode_photo

PHOTO = Photo(path="photos/a.jpg")


def jpeg(width: int = 64) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, max(32, width // 2)), (90, 60, 30)).save(file, "JPEG")
    return file.getvalue()


def uploads(folder: Path, content: bytes | None = None) -> Uploads:
    (folder / "photos").mkdir()
    (folder / PHOTO.path).write_bytes(jpeg() if content is None else content)
    return Uploads(FakeStore(), folder)


async def test_the_first_gets_the_bytes_and_the_rest_wait_for_the_name(tmp_path: Path) -> None:
    photos = uploads(tmp_path)
    assert await photos.find(PHOTO) == jpeg()
    others = [asyncio.create_task(photos.find(PHOTO), name=f"chat {number}") for number in range(5)]
    await asyncio.sleep(0)
    await photos.keep(PHOTO, "the-name")
    assert await asyncio.gather(*others) == ["the-name"] * 5


async def test_when_an_upload_fails_one_of_those_who_wait_takes_over(tmp_path: Path) -> None:
    photos = uploads(tmp_path)
    await photos.find(PHOTO)
    others = [asyncio.create_task(photos.find(PHOTO), name=f"chat {number}") for number in range(5)]
    await asyncio.sleep(0)
    photos.give_up(PHOTO)
    done, waiting = await asyncio.wait(others, return_when=asyncio.FIRST_COMPLETED)
    assert [task.result() for task in done] == [jpeg()]
    await photos.keep(PHOTO, "the-name")
    assert {await task for task in waiting} == {"the-name"}


async def test_an_upload_that_hangs_is_taken_over_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coopwatch.bot.uploads.PATIENCE_SECONDS", 0.05)
    photos = uploads(tmp_path)
    await photos.find(PHOTO)
    others = [asyncio.create_task(photos.find(PHOTO), name=f"chat {number}") for number in range(5)]
    done, waiting = await asyncio.wait(others, return_when=asyncio.FIRST_COMPLETED)
    assert [task.result() for task in done] == [jpeg()]
    await photos.keep(PHOTO, "the-name")
    assert {await task for task in waiting} == {"the-name"}


@pytest.mark.parametrize("content", [b"", b"no picture", jpeg()[:200]], ids=["empty", "something else", "cut short"])
async def test_what_does_not_decode_is_not_shown(tmp_path: Path, content: bytes) -> None:
    assert await uploads(tmp_path, content).find(PHOTO) is None


async def test_what_is_missing_is_not_shown(tmp_path: Path) -> None:
    assert await Uploads(FakeStore(), tmp_path).find(Photo(path="photos/none.jpg")) is None


async def test_a_large_photo_is_made_small_and_another_one_goes_up_as_it_is(tmp_path: Path) -> None:
    sent = await uploads(tmp_path, jpeg(3000)).find(PHOTO)
    assert isinstance(sent, bytes)
    assert max(Image.open(io.BytesIO(sent)).size) == 1280


async def test_a_store_that_is_broken_costs_an_upload_and_no_message(tmp_path: Path) -> None:
    photos = uploads(tmp_path)
    photos._store.broken = "the disk is full"
    assert await photos.find(PHOTO) == jpeg()
    await photos.keep(PHOTO, "the-name")


async def test_the_answer_is_drawn_below_and_another_answer_is_another_upload(tmp_path: Path) -> None:
    photos = uploads(tmp_path, jpeg(640))
    right, wrong = (Photo(path=PHOTO.path, answer=name) for name in ("Psycho", "Red Twin"))
    await photos.keep(wrong, "the-name")
    sent = await photos.find(right)
    assert await photos.find(wrong) == "the-name"
    assert isinstance(sent, bytes)
    drawn, plain = (np.asarray(Image.open(io.BytesIO(one)), int) for one in (sent, jpeg(640)))
    assert drawn.shape == plain.shape
    changed = np.abs(drawn - plain).max(axis=(1, 2)) > 40
    assert changed[-1]
    assert not changed[0]


async def test_the_nest_is_framed_when_the_photo_is_sent(tmp_path: Path) -> None:
    """It was drawn into the kept file, which nobody could learn from then."""
    region = Region(left=0.25, top=0.1, right=0.75, bottom=0.9)
    kept = encode_photo(np.full((320, 640, 3), 120, np.uint8), region)
    sent = await uploads(tmp_path, kept).find(PHOTO)
    assert isinstance(sent, bytes)
    drawn = np.abs(np.asarray(Image.open(io.BytesIO(sent)), int) - 120).max(axis=2) > 40
    assert (drawn[160, 160:164].any(), drawn[160, 320], drawn[4].any()) == (True, False, False)


def test_answers_that_begin_alike_are_two_uploads_however_long_they_are() -> None:
    keys = [Photo(path=PHOTO.path, answer=200 * "x" + end).key for end in ("Psycho", "Beauty")]
    assert keys[0] != keys[1]
    assert all(len(key) < 200 for key in keys)
