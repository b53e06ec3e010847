"""`evaluate --events`: files of told and true events, compared."""

import json
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from coopwatch.cli.evaluate import register
from coopwatch.errors import UserMustActError

DAY = "2026-05-01T"


def line(kind: str, time: str, *hens: str, told: str = "", **more: object) -> str:
    values = {"kind": kind, "nest": "left", "at": f"{DAY}{time}Z", "hens": hens, **more}
    return json.dumps(values | ({"told_at": f"{DAY}{told}Z"} if told else {}))


TRUTH = [
    json.dumps({"kind": "state", "nest": "left", "at": f"{DAY}00:00:00Z", "label": "empty"}),
    line("hen_nesting", "08:00:00", "psycho"),
    line("egg_laid", "08:30:00", "psycho"),
    line("egg_laid", "09:30:00", "beauty"),
    line("egg_laid", "10:30:00", "beauty"),
    line("hen_nesting", "12:00:00", "beauty"),
]
TOLD = [
    line("hen_nesting", "08:00:00", "psycho", told="08:01:00"),
    line("hen_nesting", "09:00:00", "beauty"),
    line("egg_laid", "08:30:00", "psycho", certainty=0.9),
    line("egg_laid", "09:30:00", "psycho", certainty=0.9),
    line("egg_laid", "10:30:00", "psycho", "beauty", certainty=0.9),
    line("daily_digest", "20:00:00"),
]


def run(folder: Path, told: list[str], truth: list[str], *more: str) -> Result:
    for name, lines in (("told.jsonl", told), ("truth.jsonl", truth)):
        (folder / name).write_text("\n".join(lines))
    app = typer.Typer()
    register(app)
    return CliRunner().invoke(app, ["--events", str(folder / "told.jsonl"), str(folder / "truth.jsonl"), *more])


def test_told_events_are_measured_against_true_ones(tmp_path: Path) -> None:
    figures = json.loads(run(tmp_path, TOLD, TRUTH, "--json").stdout)
    nesting = figures["kinds"]["hen_nesting"]
    assert figures["days"] == 0.5
    assert (nesting["precision"], nesting["recall"], nesting["f1"]) == (0.5, 0.5, 0.5)
    assert (nesting["median_delay_seconds"], nesting["false_alarms_a_day"]) == (60, 2)
    eggs = figures["attribution"]
    assert (eggs["eggs"], eggs["coverage"], eggs["precision"]) == (3, pytest.approx(2 / 3), 0.5)
    assert eggs["calibration_error"] == pytest.approx(0.9 - 2 / 3)


def test_people_read_a_line_for_each_kind(tmp_path: Path) -> None:
    lines = run(tmp_path, TOLD, TRUTH).stdout.splitlines()
    assert [one.split()[0] for one in lines[2:-1]] == ["hen_nesting", "egg_laid", "all"]
    assert "one hen named for 67 % of them, rightly for 50 %" in lines[-1]


@pytest.mark.parametrize(
    ("told", "truth", "words"),
    [
        pytest.param(["{"], TRUTH, "told.jsonl, line 1: received '{'", id="no JSON"),
        pytest.param(["[]"], TRUTH, "told.jsonl, line 1", id="no object"),
        pytest.param(['{"kind": "hen_nesting"}'], TRUTH, "told.jsonl, line 1: received no 'at'", id="no event"),
        pytest.param(TOLD, [*TRUTH, '{"kind": "state"}'], "truth.jsonl, line 7: received 'label'", id="no state"),
        pytest.param(
            TOLD,
            [*TRUTH, TRUTH[0].replace("00Z", "00")],
            f"truth.jsonl, line 7: received {DAY}00:00:00 without a time zone",
            id="a state without a zone",
        ),
        pytest.param(TOLD, TRUTH[:1], "received no event", id="nothing true"),
    ],
)
def test_what_is_no_event_is_refused_with_its_line(
    tmp_path: Path, told: list[str], truth: list[str], words: str
) -> None:
    error = run(tmp_path, told, truth).exception
    assert isinstance(error, UserMustActError)
    assert words in str(error)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    app = typer.Typer()
    register(app)
    result = CliRunner().invoke(app, ["--events", str(tmp_path / "none.jsonl"), str(tmp_path / "truth.jsonl")])
    assert isinstance(result.exception, UserMustActError)
    assert "none.jsonl" in str(result.exception)


def test_a_file_that_an_editor_began_with_a_mark_is_read(tmp_path: Path) -> None:
    assert run(tmp_path, ["\ufeff" + TOLD[0], *TOLD[1:]], TRUTH).stdout == run(tmp_path, TOLD, TRUTH).stdout


@pytest.mark.parametrize(
    ("told", "words"),
    [
        pytest.param(TOLD[:-1], "", id="all is of one coop and one day"),
        pytest.param([*TOLD[:-1], line("hen_left", "23:00:00", "psycho")], "1 of 6 told events is", id="another hour"),
        pytest.param([*TOLD[:-1], line("hen_left", "11:00:00", "gertrud")], "never names: gertrud", id="another hen"),
        pytest.param([one.replace('"left"', '"box"') for one in TOLD[:-1]], "never names: box", id="another nest"),
    ],
)
def test_told_events_of_which_the_truth_cannot_know_are_said(tmp_path: Path, told: list[str], words: str) -> None:
    """A keeper who compared a month with the truth of one day, or other names, read false alarms by the hundred."""
    result = run(tmp_path, told, TRUTH)
    assert result.exit_code == 0, result.exception
    assert words in result.stderr
    assert bool(result.stderr) == bool(words)


@pytest.mark.parametrize(
    ("told", "truth", "words"),
    [
        pytest.param(TOLD, [*TRUTH, TRUTH[2]], "truth.jsonl, line 7: received an event", id="a true one"),
        pytest.param(TOLD, TRUTH * 3, "truth.jsonl, line 8: received an event", id="a file thrice in one"),
        pytest.param(
            [*TOLD, line("egg_laid", "08:30:00", "psycho", certainty=0.8, told="09:00:00")],
            TRUTH,
            "told.jsonl, line 7: received an event that was given before, it counts once; 1 such line",
            id="a told one, surer or later",
        ),
    ],
)
def test_an_event_that_is_given_again_is_said_and_counts_once(
    tmp_path: Path, told: list[str], truth: list[str], words: str
) -> None:
    """Each doubled line of the truth was an event that nobody had told, each doubled one of what was told an alarm."""
    result = run(tmp_path, told, truth)
    assert result.stdout == run(tmp_path, TOLD, TRUTH).stdout
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_events_that_differ_in_their_hen_alone_are_two(tmp_path: Path) -> None:
    assert not run(tmp_path, TOLD, [*TRUTH, TRUTH[2].replace("psycho", "beauty")]).stderr
