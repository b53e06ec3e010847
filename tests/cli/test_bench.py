import json
import sys

import pytest
import typer
from typer.testing import CliRunner

from coopwatch.cli.bench import register
from coopwatch.errors import UserMustActError
from coopwatch.vision.card import ModelFolder


def test_without_tensorflow_the_reference_net_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "coopwatch.workbench.export.reference", raising=False)
    monkeypatch.setitem(sys.modules, "keras", None)
    app = typer.Typer()
    register(app)
    with pytest.raises(UserMustActError, match=r"coopwatch\[train\]"):
        CliRunner().invoke(app, ["--reference"], catch_exceptions=False)


@pytest.mark.parametrize("as_json", [True, False])
def test_the_worker_is_measured_against_the_bare_interpreter(tiny_model: ModelFolder, as_json: bool) -> None:
    app = typer.Typer()
    register(app)
    arguments = ["--model", str(tiny_model.path), "--rounds", "3", *(["--json"] if as_json else [])]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    if not as_json:
        assert "round trip against bare" in result.stdout
        return
    worker = json.loads(result.stdout)["worker"]
    assert worker["rounds"] == 3
    assert worker["ratio"] == pytest.approx(worker["round_trip_ms"] / worker["bare_ms"])
    assert worker["start_ms"] > worker["round_trip_ms"] > worker["bare_ms"] > 0
