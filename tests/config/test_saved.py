"""When a config file is read anew: whole, once, and never half-written."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from coopwatch.config import saved as following
from coopwatch.config.saved import STILL, STILL_IN_A_LINE, Saved, SavedFile, Stillness


def saved(version: int, *, whole: bool = True) -> Saved:
    return Saved(stamp=(1, version, 1), ends_a_line=whole)


OLD, NEW, NEWER, HALF = saved(1), saved(2), saved(3), saved(4, whole=False)


def readings(*looks: tuple[float, Saved | None]) -> list[float]:
    """The times at which the file is read, of looks at a file of which OLD was read before."""
    stillness = Stillness(taken=OLD)
    return [now for now, seen in looks if stillness.look(seen, now)]


@pytest.mark.parametrize(
    ("looks", "read_at"),
    [
        ([(0, OLD), (60, OLD)], []),
        ([(0, OLD), (1, NEW), (1 + STILL, NEW), (60, NEW)], [1 + STILL]),
        ([(0, NEW), (1, NEWER), (2, NEW), (3, NEW), (4, NEW)], [4]),  # saved again and again: the last one counts
        ([(0, NEW), (1, None), (2, NEW), (3, NEW), (4, NEW)], [4]),  # gone while it is being replaced
        ([(0, None), (STILL, None), (STILL_IN_A_LINE, None), (60, None)], [STILL_IN_A_LINE]),  # gone: told, once
        ([(0, None), (60, None), (70, OLD), (70 + STILL, OLD)], [60, 70 + STILL]),  # and it came back
        ([(0, HALF), (STILL, HALF), (STILL_IN_A_LINE, HALF)], [STILL_IN_A_LINE]),
        ([(0, HALF), (5, NEW), (5 + STILL, NEW)], [5 + STILL]),  # the other half came
        ([(0, NEW), (STILL, NEW), (9, OLD), (9 + STILL, OLD)], [STILL, 9 + STILL]),  # back to what it was
    ],
)
def test_a_file_is_read_when_it_lies_still(looks: list[tuple[float, Saved | None]], read_at: list[float]) -> None:
    assert readings(*looks) == read_at


def test_who_asks_gets_an_unchanged_file_read_at_once_and_a_new_one_when_it_lies_still() -> None:
    stillness = Stillness(taken=OLD)
    assert stillness.look(OLD, 0, asked=True)
    assert not stillness.look(NEW, 1, asked=True)
    assert stillness.look(NEW, 1 + STILL, asked=True)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LOOK_EVERY", 0)
    monkeypatch.setattr(following, "STILL", 0)


async def is_read(file: SavedFile, *, within: float) -> bool:
    try:
        async with asyncio.timeout(within):
            await file.saved()
    except TimeoutError:
        return False
    return True


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("text", "is_whole"), [("key: value\n", True), ("key: val", False), ("", False)])
async def test_a_file_that_ends_within_a_line_or_is_empty_may_be_half_of_one(
    tmp_path: Path, text: str, is_whole: bool
) -> None:
    path = tmp_path / "coopwatch.yaml"
    path.write_text("key: old value\n")
    file = SavedFile(path)
    path.write_text(text)
    assert await is_read(file, within=30 if is_whole else 0.1) == is_whole


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("put", [Path.mkdir, os.mkfifo, lambda _: None])
async def test_a_folder_a_pipe_or_nothing_in_the_files_place_is_read_at_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, put: Callable[[Path], None]
) -> None:
    """Nobody was told of it; and at a pipe, the daemon waited for ever, so that it could not even be ended."""
    path = tmp_path / "coopwatch.yaml"
    path.write_text("key: value\n")
    file = SavedFile(path)
    path.unlink()
    put(path)
    assert not await is_read(file, within=0.1)
    monkeypatch.setattr(following, "STILL_IN_A_LINE", 0)
    assert await is_read(file, within=30)


@pytest.mark.usefixtures("impatient")
async def test_who_asked_gets_the_file_read_once(tmp_path: Path) -> None:
    path = tmp_path / "coopwatch.yaml"
    path.write_text("key: value\n")
    file = SavedFile(path)
    file.ask()
    assert await is_read(file, within=30)
    assert not await is_read(file, within=0.1)
