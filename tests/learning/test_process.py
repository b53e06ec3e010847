"""Rules of the process that learns: it gives way to all else, says why it failed, and ends when nobody waits."""

import asyncio
from pathlib import Path

import psutil
import pytest
from fakes.lessons import answer_of, name_photo, order_of, publish_spoilt
from fakes.models import TinyNetwork
from fakes.waiting import until

from coopwatch.errors import CannotLearnError, CoopwatchError
from coopwatch.learning import process
from coopwatch.learning.process import learn_apart


async def test_it_learns_and_answers(tmp_path: Path, tiny_network: TinyNetwork) -> None:
    model = publish_spoilt(tmp_path / "models" / "tiny", tiny_network).path.parent
    outcome = await learn_apart(order_of(model, tmp_path / "data", name_photo(tmp_path / "data", "red_twin")))
    assert outcome.version is not None
    assert answer_of(outcome.version, "red_twin") == "red_twin"


async def test_what_cannot_be_learnt_is_the_parents_error_too(tmp_path: Path, tiny_network: TinyNetwork) -> None:
    model = tiny_network.publish(tmp_path / "models" / "whole").path.parent
    with pytest.raises(CannotLearnError, match="coopwatch train"):
        await learn_apart(order_of(model, tmp_path / "data"))


async def test_a_child_that_dies_is_told_with_its_last_word(tmp_path: Path) -> None:
    with pytest.raises(CoopwatchError, match=r"ended with code 1: .*Error"):
        await learn_apart("no order")


async def test_whoever_gives_up_leaves_no_child_behind_and_it_gives_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child waits for an order that never comes."""
    monkeypatch.setattr(process.pickle, "dumps", lambda _: b"\x80")
    task = asyncio.create_task(learn_apart(order_of(tmp_path, tmp_path)))
    me = psutil.Process()

    def children() -> list[psutil.Process]:
        return [one for one in me.children() if "coopwatch.learning.child" in one.cmdline()]

    await until(lambda: [one for one in children() if one.nice() == 19])
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert children() == []
