import json
from pathlib import Path

import pytest
from config.files import GOOD, changed, write_config

from coopwatch.cli import main


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """The exit code of the command line."""
    monkeypatch.setattr("sys.argv", ["coopwatch", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    code = ended.value.code
    assert code is None or isinstance(code, int)
    return code or 0


def test_a_good_file_gets_one_friendly_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_config(tmp_path)
    assert run(monkeypatch, "check-config", file) == 0
    out, err = capsys.readouterr()
    assert out == f"{file} is fine: camera nestcam; nests left, right; model demo; timezone Europe/Berlin.\n"
    assert err == ""


def test_a_bad_file_gets_a_line_for_each_mistake_and_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_config(tmp_path, changed("timezone: Europe/Berlin\n", "") + "x: 1\n")
    assert run(monkeypatch, "check-config", file) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.split(": ")[:2] for line in err.splitlines()] == [[f"{file}:1", "timezone"], [f"{file}:13", "x"]]


def test_advice_is_a_warning_and_no_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_config(tmp_path, GOOD + "hens: {blue: {name: Blue}}\n")
    assert run(monkeypatch, "check-config", file) == 0
    assert f"{file}: warning: hens.blue: the model knows no such hen" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "code", "mistakes", "warnings"),
    [(GOOD, 0, 0, 0), (GOOD + "x: 1\ny: 2\n", 2, 2, 0), (GOOD + "hens: {blue: {name: Blue}}\n", 0, 0, 1)],
)
def test_a_script_gets_json(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str,
    code: int,
    mistakes: int,
    warnings: int,
) -> None:
    assert run(monkeypatch, "check-config", write_config(tmp_path, text), "--json") == code
    told = json.loads(capsys.readouterr().out)
    assert (len(told["mistakes"]), len(told["warnings"])) == (mistakes, warnings)
