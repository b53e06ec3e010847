from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from fakes.models import TINY_LABELS, TinyNetwork, tiny_card
from PIL import Image

from coopwatch.errors import CoopwatchError
from coopwatch.vision.card import ModelFolder
from coopwatch.vision.probe import Predict
from coopwatch.workbench.answer import Answer
from coopwatch.workbench.compare.compare import compare_networks, differing_parameters
from coopwatch.workbench.compare.entry import Contender, Entry
from coopwatch.workbench.compare.present import draw_answers, table_lines
from coopwatch.workbench.progress import Progress, Silent
from coopwatch.workbench.run_folder import RUNS_FOLDER, Run, Step, write_run

CONTENDERS = tuple(
    Contender(network=network, backend=backend)
    for network in ("mynet", "linear")
    for backend in ("tensorflow", "torch")
)


class Trainer:
    """Stands for the child that trains: writes what it would have written."""

    def __init__(self, tiny: TinyNetwork, pictures: Path) -> None:
        self.tiny = tiny
        self.files = []
        for label in TINY_LABELS:
            for number in range(4):
                pictures.joinpath(label).mkdir(parents=True, exist_ok=True)
                self.files.append(pictures / label / f"{number}.png")
                Image.fromarray(np.full((24, 32, 3), 40 * number, np.uint8)).save(self.files[-1])
        self.parameters = {contender.name: 100 for contender in CONTENDERS}
        self.failing: dict[str, str] = {}
        self.tested: dict[str, int] = {}  # on how many pictures
        self.options: list[Sequence[str]] = []

    def __call__(self, contender: Contender, options: Sequence[str], out: Path, progress: Progress) -> None:
        self.options.append(options)
        if reason := self.failing.get(contender.name):
            raise CoopwatchError(reason)
        self.tiny.publish(out, tiny_card())
        answers = tuple(
            Answer(file=file, label=file.parent.name, probabilities={"egg": 0.7, "red_twin": 0.2, "empty": 0.1})
            for file in self.files[: self.tested.get(contender.name)]
        )
        run = Run(
            model="tiny", version="1", network=contender.network, way="scratch", weights="random",
            began=datetime(2026, 5, 1, tzinfo=UTC), sources=(), settings={}, seed=0, data={}, environment={},
            steps=(Step(name="read", seconds=1), Step(name="fit", seconds=6, peak_mb=321),
                   Step(name="check export", seconds=50, peak_mb=999)),
            epochs=3, best_epoch=2, parameters=self.parameters[contender.name], trainable=90, answers=answers,
        )  # fmt: skip
        write_run(out / RUNS_FOLDER / "1", run, "")


def serve(folder: ModelFolder) -> Predict:
    return lambda crop: np.array([1.0, 0.0, 0.0])


@pytest.fixture
def trainer(tiny_network: TinyNetwork, tmp_path: Path) -> Trainer:
    return Trainer(tiny_network, tmp_path / "pictures")


def compare(trainer: Trainer, out: Path) -> list[Entry]:
    return compare_networks(
        CONTENDERS, ["photos", "--seed=3"], out, serve=serve, train_apart=trainer, progress=Silent()
    )


def test_all_are_trained_with_the_same_options_and_measured_alike(trainer: Trainer, tmp_path: Path) -> None:
    entries = compare(trainer, tmp_path)
    assert trainer.options == [["photos", "--seed=3"]] * 4
    assert [entry.contender for entry in entries] == list(CONTENDERS)
    for entry in entries:
        row = entry.as_json()
        assert row["epoch_seconds"] == 2
        assert row["learning_seconds"] == 7
        assert (row["right"], row["count"], row["peak_mb"]) == (4, 12, 321)
        assert row["exported_bytes"] == len(trainer.tiny.whole)
        assert row["latency_ms"] >= 0
    assert list(differing_parameters(entries)) == []


def test_one_that_fails_is_a_row_with_its_reason_and_the_others_go_on(trainer: Trainer, tmp_path: Path) -> None:
    trainer.failing["mynet-torch"] = "received the loss nan"
    entries = compare(trainer, tmp_path)
    assert [entry.result is not None for entry in entries] == [True, False, True, True]
    assert entries[1].as_json() == {"network": "mynet", "backend": "torch", "failed": "received the loss nan"}
    lines = list(table_lines(entries))
    assert lines[2].split() == ["mynet", "torch", "failed"]
    assert "mynet-torch failed: received the loss nan" in lines


def test_a_network_with_other_parameters_on_another_backend_is_another_network(
    trainer: Trainer, tmp_path: Path
) -> None:
    trainer.parameters["linear-torch"] = 101
    (line,) = differing_parameters(compare(trainer, tmp_path))
    assert line.startswith("linear: received 100 on tensorflow, 101 on torch parameters, expected as many on each")


def test_figures_of_other_test_pictures_are_no_figures(trainer: Trainer, tmp_path: Path) -> None:
    trainer.tested["linear-tensorflow"] = 11
    entries = compare(trainer, tmp_path)
    assert [entry.result is None for entry in entries] == [False, False, True, False]
    assert "tested on other pictures" in entries[2].reason


def test_the_sheet_has_a_row_a_network_and_pictures_of_every_label(trainer: Trainer, tmp_path: Path) -> None:
    trainer.failing["mynet-torch"] = "no"
    sheet = draw_answers(compare(trainer, tmp_path))
    assert sheet is not None
    assert sheet.shape == (30 + 3 * (200 + 18), 8 * 220, 3)
    trainer.failing = dict.fromkeys(trainer.parameters, "no")
    assert draw_answers(compare(trainer, tmp_path / "again")) is None
