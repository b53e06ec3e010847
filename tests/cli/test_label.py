"""`coopwatch label` as a person uses it: the link that it prints, answers, and Ctrl-C."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from fakes.command_line import runner
from fakes.photos import draw_photos

from coopwatch.cli.label import register
from coopwatch.errors import DatasetError
from coopwatch.workbench.pictures.check_record import check_record
from coopwatch.workbench.pictures.dataset import read_dataset
from coopwatch.workbench.progress import Silent

run = runner(register)


def test_pictures_are_named_by_the_page_and_ctrl_c_says_what_comes_next(tmp_path: Path) -> None:
    draw_photos(tmp_path / "photos", days=2)
    (tmp_path / "photos" / "broken.jpg").write_bytes(b"no picture")
    command = [sys.executable, "-m", "coopwatch", "label", "photos", "--out", "set", "--name", "red_twin"]
    with subprocess.Popen(command, cwd=tmp_path, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as label:
        assert label.stdout is not None
        said = [next(label.stdout) for _ in range(3)]
        assert said[0].startswith("18 pictures to name, 0 named already")
        link = re.search(r"http://127\.0\.0\.1:\d+/\S+/", said[2])
        assert link
        state = ask(link[0] + "state")
        assert [one["name"] for one in state["labels"]] == ["red_twin", "egg", "empty", "other"]
        while state["batch"]:
            first = Path(state["batch"][0]["name"]).parent.name
            rows = [one["row"] for one in state["batch"] if Path(one["name"]).parent.name == first]
            state = ask(link[0] + "say", {"label": first, "pictures": rows})
        label.send_signal(signal.SIGINT)
        end, errors = label.communicate(timeout=20)
    assert label.returncode == 0
    assert "  egg: pictures 6, days 2\n" in end
    assert "Next: coopwatch train set --out models/mine" in end
    assert "broken.jpg" in errors
    assert "Traceback" not in errors
    assert read_dataset([tmp_path / "set"]).counts == {"egg": 6, "empty": 6, "red_twin": 6}
    assert check_record(tmp_path / "set", Silent()) == []


def ask(link: str, body: object = None) -> dict[str, list[dict[str, str]]]:
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(link, data), timeout=20) as answer:
        state: dict[str, list[dict[str, str]]] = json.load(answer)
        return state


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("missing", "--out", "set"), "missing: received nothing there"),
        (("empty", "--out", "set"), "received no pictures"),
        (("photos", "--out", "photos/set"), "expected one outside it"),
        (("photos", "--out", "mine"), "expected a new or an empty folder"),
        (("photos", "--out", "set", "--name", "Henne Berta"), "expected letters from a to z"),
    ],
)
def test_what_cannot_be_is_refused_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    draw_photos(tmp_path / "photos", days=1)
    (tmp_path / "empty").mkdir()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    result = run(*arguments)
    assert isinstance(result.exception, DatasetError)
    assert words in str(result.exception)


@pytest.mark.parametrize("library", ["threadpoolctl", "jinja2", "keras"])
def test_without_the_training_extra_the_remedy_is_named(tmp_path: Path, library: str) -> None:
    # A plain installation has none of these; it ended with a traceback.
    program = "import sys; sys.modules[sys.argv.pop(1)] = None; from coopwatch.cli.main import main; main()"
    command = [sys.executable, "-c", program, library, "label", "photos", "--out", "set"]
    done = subprocess.run(command, cwd=tmp_path, text=True, capture_output=True, timeout=60, check=False)
    assert done.returncode == 2
    assert f"without {library}, expected the extra for training" in done.stderr
    assert "Traceback" not in done.stderr
