import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import numpy as np
import psutil
import pytest
import pytest_asyncio
from fakes.models import FEATURES, TINY_INPUT, TinyNetwork, tiny_card

from coopwatch.errors import InferenceError, ModelError
from coopwatch.inference import supervisor
from coopwatch.inference.client import InferenceClient
from coopwatch.inference.supervisor import Limits
from coopwatch.values import Pixels
from coopwatch.vision.card import Input, ModelFolder
from coopwatch.vision.head import Head, head_bytes

CROP: Pixels = np.zeros((TINY_INPUT.height, TINY_INPUT.width, 3), dtype=np.uint8)
IMPATIENT = Limits(answer=timedelta(seconds=0.5))


@pytest_asyncio.fixture
async def client(tiny_model: ModelFolder) -> AsyncIterator[InferenceClient]:
    async with InferenceClient(tiny_model, limits=IMPATIENT) as client:
        yield client


def pid_of(client: InferenceClient) -> int:
    assert client.worker_pid is not None
    return client.worker_pid


@contextmanager
def hanging(client: InferenceClient) -> Iterator[None]:
    """While inside, the worker does nothing, as if it hung in native code."""
    worker = psutil.Process(pid_of(client))
    worker.suspend()
    try:
        yield
    finally:
        if worker.is_running():
            worker.resume()


async def ended(pid: int) -> None:
    """Wait until the kernel says that a process is gone."""
    gone = asyncio.Event()
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return  # gone already, and reaped
    asyncio.get_running_loop().add_reader(handle, gone.set)
    try:
        async with asyncio.timeout(10):
            await gone.wait()
    finally:
        asyncio.get_running_loop().remove_reader(handle)
        os.close(handle)


async def outcome(client: InferenceClient) -> str:
    try:
        await client.classify(CROP)
    except InferenceError as error:
        return str(error)
    return "classified"


async def test_killing_the_worker_while_frames_flow_costs_no_frame(client: InferenceClient) -> None:
    """After kill -9 the next frame is classified within 5 s; so is each that was asked before."""
    flowing = [asyncio.create_task(outcome(client)) for _ in range(8)]
    os.kill(pid_of(client), signal.SIGKILL)
    async with asyncio.timeout(5):
        assert await outcome(client) == "classified"
    assert set(await asyncio.gather(*flowing)) == {"classified"}
    assert client.restarts == 1
    assert client.is_answering


async def test_a_worker_that_dies_while_nobody_asks_costs_no_frame(client: InferenceClient) -> None:
    os.kill(pid_of(client), signal.SIGKILL)
    await ended(pid_of(client))
    assert await outcome(client) == "classified"


class Ready(logging.Handler):
    """Waits for the word that a new worker is ready."""

    def __init__(self) -> None:
        super().__init__()
        self.said = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() == "A new inference worker is ready.":
            self.said.set()


@contextmanager
def listening() -> Iterator[Ready]:
    ready, log = Ready(), logging.getLogger("coopwatch.inference")
    level = log.level
    log.addHandler(ready)
    log.setLevel(logging.INFO)
    try:
        yield ready
    finally:
        log.setLevel(level)
        log.removeHandler(ready)


async def test_a_worker_that_dies_while_nobody_asks_is_replaced_at_once(tiny_model: ModelFolder) -> None:
    """Where nothing stirs in the nests, nobody asks for a minute."""
    async with InferenceClient(tiny_model, limits=Limits(ping=timedelta(hours=1))) as client:
        dead = pid_of(client)
        with listening() as ready:
            os.kill(dead, signal.SIGKILL)
            async with asyncio.timeout(5):
                await ready.said.wait()
        assert client.is_answering
        assert (client.restarts, pid_of(client) == dead) == (1, False)


@pytest.mark.parametrize(
    ("steady", "asks", "losses"),
    [
        pytest.param(timedelta(0), False, [0, 0, 0], id="they lived for long"),
        pytest.param(timedelta(hours=1), True, [0, 0, 0], id="they classified"),
        pytest.param(timedelta(hours=1), False, [0, 1, 2], id="they did neither"),
    ],
)
async def test_pauses_grow_for_workers_that_die_young_and_not_for_those_that_did_something(
    tiny_model: ModelFolder, monkeypatch: pytest.MonkeyPatch, steady: timedelta, asks: bool, losses: list[int]
) -> None:
    """In a soak of still pictures nothing was classified between two kills, and the pauses grew to a minute."""
    seen: list[int] = []
    monkeypatch.setattr(supervisor, "pause", lambda lost, _: timedelta(0) if seen.append(lost) is None else None)
    async with InferenceClient(tiny_model, limits=Limits(ping=timedelta(hours=1), steady=steady)) as client:
        for _ in losses:
            with listening() as ready:
                os.kill(pid_of(client), signal.SIGKILL)
                async with asyncio.timeout(5):
                    await ready.said.wait()
            if asks:
                assert await outcome(client) == "classified"
    assert seen == losses


async def test_a_hung_worker_is_killed_and_the_next_one_answers(client: InferenceClient) -> None:
    hung = pid_of(client)
    with hanging(client):
        assert await outcome(client) == "classified"
    assert not psutil.pid_exists(hung)
    assert client.restarts == 1


async def test_a_worker_that_hangs_while_nobody_asks_is_found_by_its_ping(tiny_model: ModelFolder) -> None:
    limits = Limits(answer=timedelta(seconds=0.3), ping=timedelta(seconds=0.01))
    async with InferenceClient(tiny_model, limits=limits) as client:
        with hanging(client):
            await ended(pid_of(client))
        assert await outcome(client) == "classified"


async def test_a_picture_that_costs_two_workers_is_given_up(tiny_model: ModelFolder) -> None:
    async with InferenceClient(tiny_model, limits=Limits(answer=timedelta(microseconds=1))) as client:
        assert await outcome(client) == (
            "two inference workers were lost with this picture: it gave no answer within 1e-06 s"
        )
        assert client.restarts == 1
        assert not client.is_answering


async def test_a_lost_worker_is_told_in_plain_sentences(
    client: InferenceClient, caplog: pytest.LogCaptureFixture
) -> None:
    with hanging(client), caplog.at_level(logging.INFO):
        await outcome(client)
    assert [record.getMessage() for record in caplog.records] == [
        "The inference worker is replaced: it gave no answer within 0.5 s.",
        "A new inference worker is ready.",
    ]
    assert not any(record.exc_info for record in caplog.records)


async def test_when_too_many_wait_the_newest_are_kept(tiny_model: ModelFolder) -> None:
    async with InferenceClient(tiny_model, limits=Limits(waiting=2)) as client:
        with hanging(client):
            asked = [asyncio.create_task(outcome(client)) for _ in range(5)]
            dropped = await asyncio.gather(*asked[:3])  # they hear of it at once, and not when the worker is back
        assert {text.split(":")[0] for text in dropped} == {"dropped for a newer picture"}
        assert await asyncio.gather(*asked[3:]) == ["classified", "classified"]


async def test_a_request_is_answered_by_its_deadline_or_told_so(tiny_model: ModelFolder) -> None:
    async with InferenceClient(tiny_model, limits=Limits(deadline=timedelta(seconds=0.2))) as client:
        worker = pid_of(client)
        with hanging(client):
            assert await outcome(client) == "the inference worker gave no answer within 0.2 s"
        assert await outcome(client) == "classified"
        assert pid_of(client) == worker


async def test_closing_ends_a_hung_worker_within_a_second_and_tells_who_waits(tiny_model: ModelFolder) -> None:
    client = await InferenceClient(tiny_model).__aenter__()
    worker = pid_of(client)
    with hanging(client):
        waiting = [asyncio.create_task(outcome(client)) for _ in range(3)]
        done, _ = await asyncio.wait(waiting, timeout=0)
        assert not done
        async with asyncio.timeout(1):
            await client.__aexit__()
    assert not psutil.pid_exists(worker)
    assert {text.split(";")[0] for text in await asyncio.gather(*waiting)} == {"the classifier is closed"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_stop_signal_to_every_process_is_left_to_the_parent(
    client: InferenceClient, number: signal.Signals
) -> None:
    os.kill(pid_of(client), number)
    assert await client.classify(CROP)
    assert client.restarts == 0


async def test_a_worker_ends_when_its_parent_is_killed(tiny_model: ModelFolder) -> None:
    code = """if True:
        import asyncio, pathlib, sys
        from coopwatch.inference.client import InferenceClient
        from coopwatch.vision.card import load_model_folder

        async def main():
            async with InferenceClient(load_model_folder(pathlib.Path(sys.argv[1]))) as client:
                print(client.worker_pid, flush=True)
                await asyncio.Event().wait()

        asyncio.run(main())"""
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, str(tiny_model.path)), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    worker = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    await ended(worker)


async def test_a_start_that_is_given_up_leaves_no_worker(tiny_model: ModelFolder) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await InferenceClient(tiny_model).__aenter__()
    assert psutil.Process().children() == []


@pytest.mark.parametrize(
    ("labels", "size", "files", "reason"),
    [
        (("a", "b"), TINY_INPUT, None, r"output of model\.tflite: received shape \(1, 3\), expected \(1, 2\)"),
        (("a", "b", "c"), Input(height=24, width=33), None, r"input of model\.tflite: .* expected \(1, 24, 33, 3\)"),
        (("a", "b", "c"), TINY_INPUT, {"model.tflite": b"<html>"}, r"expected a LiteRT model"),
        (("a", "b", "c"), TINY_INPUT, {"weights.h5": b""}, r"received the files \['weights\.h5'\]"),
    ],
    ids=["label count", "input shape", "no model", "no known file"],
)
async def test_a_model_that_cannot_be_used_is_refused_at_the_start(
    tiny_network: TinyNetwork,
    tmp_path: Path,
    labels: tuple[str, ...],
    size: Input,
    files: dict[str, bytes] | None,
    reason: str,
) -> None:
    folder = tiny_network.publish(tmp_path, tiny_card(labels=labels, size=size), files=files)
    with pytest.raises(ModelError, match=reason):
        await InferenceClient(folder).__aenter__()
    assert psutil.Process().children() == []


async def test_a_model_whose_answers_are_no_numbers_is_refused_at_the_start(
    tiny_network: TinyNetwork, tmp_path: Path
) -> None:
    broken = Head(weights=np.full((FEATURES, 3), np.nan, dtype=np.float32), bias=np.zeros(3, dtype=np.float32))
    files = {"backbone.tflite": tiny_network.backbone, "head.npz": head_bytes(broken)}
    with pytest.raises(ModelError, match="not finite"):
        await InferenceClient(tiny_network.publish(tmp_path, files=files)).__aenter__()


async def test_a_model_damaged_while_in_use_is_told_and_classifies_again_once_whole(
    tiny_network: TinyNetwork, tmp_path: Path
) -> None:
    folder = tiny_network.publish(tmp_path)
    async with InferenceClient(folder) as client:
        os.kill(pid_of(client), signal.SIGKILL)
        await ended(pid_of(client))
        folder.file("model.tflite").write_bytes(b"")
        assert "expected a LiteRT model" in await outcome(client)
        assert not client.is_answering
        folder.file("model.tflite").write_bytes(tiny_network.whole)
        assert await outcome(client) == "classified"
