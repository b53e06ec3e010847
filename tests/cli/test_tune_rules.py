"""`tune-rules` and `replay` on a folder of recorded pictures with their truth."""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import typer
from click.testing import Result
from PIL import Image
from typer.testing import CliRunner

from coopwatch.cli import replay, tune_rules
from coopwatch.core.rules import Rules
from coopwatch.core.tuning import ENTERS
from coopwatch.errors import UserMustActError
from coopwatch.vision.card import ModelFolder

BEGAN = datetime(2026, 5, 1, 8, tzinfo=UTC)


@pytest.fixture
def recorded(tmp_path: Path, tiny_model: ModelFolder) -> Path:
    """Two minutes of an empty nest, with a config beside them."""
    rng = np.random.default_rng(1)
    folder = tmp_path / "day"
    folder.mkdir()
    lines = [{"kind": "hen_nesting", "nest": "left", "at": BEGAN.isoformat(), "hens": ["red_twin"]}]
    for step in range(24):
        at = BEGAN + step * timedelta(seconds=5)
        pixels = rng.integers(0, 256, (40, 40, 3)).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{at:%Y-%m-%dT%H-%M-%SZ}.png")
        lines.append({"kind": "state", "nest": "left", "at": at.isoformat(), "label": "empty"})
    (folder / "truth.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (tmp_path / "coopwatch.yaml").write_text(
        f"timezone: Europe/Berlin\ndata_dir: data\nmodel: {tiny_model.path.parent}\n"
        "cameras: [{name: cam, source: day, nests: [{name: left}]}]\nchat: {terminal: true}\n"
    )
    return folder


def run(folder: Path, *arguments: str) -> Result:
    app = typer.Typer()
    tune_rules.register(app)
    replay.register(app)
    config = folder.parent / "coopwatch.yaml"
    return CliRunner().invoke(app, [*arguments, str(folder), "--config", str(config)])


def test_rules_are_learnt_and_every_bar_has_its_figures_and_its_point(recorded: Path) -> None:
    plot = recorded.parent / "tuning.png"
    result = run(recorded, "tune-rules", "--json", "--plot", str(plot))
    assert result.exit_code == 0, result.exception
    tuned = json.loads(result.stdout)
    assert [bar["enter"] for bar in tuned["bars"]] == list(ENTERS)
    assert tuned["rules"]["dwell_seconds"] == pytest.approx(120 / np.log(2), abs=0.1)
    with Image.open(plot) as picture:
        assert picture.size[0] > 400


def test_rules_are_told_with_the_length_of_glitches_that_tells_most(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def longer(seen: object, true: object, rules: Rules) -> Rules:
        return replace(rules, glitch=timedelta(seconds=777))

    monkeypatch.setattr("coopwatch.core.tuning.lengthen", longer)
    assert json.loads(run(recorded, "tune-rules", "--json").stdout)["rules"]["glitch_seconds"] == 777


@pytest.mark.parametrize("name", ["none/tuning.png", "tuning.xyz", "tuning", "day"])
def test_a_plot_that_could_not_be_written_is_refused_before_the_work(recorded: Path, name: str) -> None:
    result = run(recorded, "tune-rules", "--plot", str(recorded.parent / name))
    assert isinstance(result.exception, UserMustActError)
    assert name in str(result.exception)
    assert not result.stdout


def test_a_plot_without_the_extra_that_draws_is_refused_before_the_work(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "coopwatch.workbench.figures.tuning_plot", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    result = run(recorded, "tune-rules", "--plot", str(recorded.parent / "tuning.png"))
    assert isinstance(result.exception, UserMustActError)
    assert "pip install 'coopwatch[train]'" in str(result.exception)
    assert not result.stdout


def test_what_truth_and_pictures_do_not_share_is_said(recorded: Path) -> None:
    assert not run(recorded, "tune-rules").stderr
    lines = (recorded / "truth.jsonl").read_text().replace('"empty"', '"Empty"').splitlines()
    (recorded / "truth.jsonl").write_text("\n".join(lines[:11]))
    half, unknown = run(recorded, "tune-rules").stderr.splitlines()
    assert half.startswith("warning: 14 of 24 looks")
    assert "does not know: Empty" in unknown


def test_days_without_truth_teach_nothing(recorded: Path) -> None:
    (recorded / "truth.jsonl").unlink()
    error = run(recorded, "tune-rules").exception
    assert isinstance(error, UserMustActError)
    assert "truth.jsonl" in str(error)


def test_a_replay_that_has_nothing_to_tell_says_so(recorded: Path) -> None:
    # A keeper saw an empty screen and did not know whether his pictures had been read.
    with (recorded.parent / "coopwatch.yaml").open("a") as config:
        config.write("rules: {enter: 0.99999}\n")
    result = run(recorded, "replay")
    assert result.exit_code == 0, result.exception
    assert not result.stdout
    assert result.stderr.startswith("24 looks into the nests, and nothing to tell")


@pytest.mark.parametrize("watched", [False, True])
def test_a_replay_tells_what_is_seen_in_each_picture(recorded: Path, watched: bool) -> None:
    # A folder that is watched gives only what comes: of what it holds, a replay saw nothing.
    config = recorded.parent / "coopwatch.yaml"
    config.write_text(config.read_text().replace("source: day,", f"source: day, watched: {watched},"))
    result = run(recorded, "replay", "--json", "--states")
    assert result.exit_code == 0, result.exception
    states = [json.loads(line) for line in result.stdout.splitlines()]
    assert [state["at"] for state in states if state["kind"] == "state"] == [
        (BEGAN + step * timedelta(seconds=5)).isoformat() for step in range(24)
    ]
