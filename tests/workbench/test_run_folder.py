from datetime import UTC, datetime
from pathlib import Path

import pytest

from coopwatch.errors import ModelError
from coopwatch.vision.light_mode import LightMode
from coopwatch.workbench.answer import Answer
from coopwatch.workbench.run_folder import Run, Step, read_run, write_run

RUN = Run(
    model="nest",
    version="20260601T000000Z",
    network="neurocoop",
    way="scratch",
    weights="random",
    began=datetime(2026, 6, 1, tzinfo=UTC),
    sources=("photos",),
    settings={"batch_size": 16},
    seed=3,
    data={"hash": "ab", "labels": {"train": {"egg": 2}}},
    environment={"cores": 2},
    steps=(Step(name="fit", seconds=1.5),),
    curves={"loss": (2.0, 1.0)},
    epochs=2,
    best_epoch=2,
    stopped="interrupted",
    parameters=10,
    trainable=8,
    answers=(
        Answer(
            file=Path("photos/egg/a.jpg"),
            label="egg",
            probabilities={"egg": 0.75, "empty": 0.25},
            light=LightMode.INFRA_RED,
        ),
    ),
)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / RUN.version
    write_run(folder, RUN, "the layers\n")
    assert read_run(folder) == RUN
    assert (folder / "summary.txt").read_text() == "the layers\n"
    assert [path.name for path in folder.parent.iterdir()] == [RUN.version]


def test_a_run_is_never_overwritten(tmp_path: Path) -> None:
    write_run(tmp_path / "run", RUN, "first")
    with pytest.raises(ModelError, match=r"run: received .*, expected a new folder"):
        write_run(tmp_path / "run", RUN, "second")
    assert (tmp_path / "run" / "summary.txt").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_folder_without_a_run_is_refused_with_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"run\.json: received No such file.*name a folder such as"):
        read_run(tmp_path)


def test_a_damaged_run_is_refused_with_its_mistakes(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"format": 2}')
    with pytest.raises(ModelError, match=r"run\.json: format: .*expected a run of format 1"):
        read_run(tmp_path)
