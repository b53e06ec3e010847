from pathlib import Path

import pytest
import typer
from click.testing import Result
from fakes.models import TinyNetwork
from fakes.subjects import answer, run
from typer.testing import CliRunner

from coopwatch.cli.report import register
from coopwatch.errors import ModelError
from coopwatch.workbench.run_folder import run_folder, write_run


def call(*arguments: str | Path) -> Result:
    app = typer.Typer()
    register(app)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_page_of_a_training_is_written_anew_beside_its_record_or_elsewhere(
    tiny_network: TinyNetwork, tmp_path: Path
) -> None:
    model = tiny_network.publish(tmp_path / "nest")
    write_run(run_folder(model), run(answers=(answer("egg", "egg"),)), "")
    result = call(tmp_path / "nest")
    assert result.stdout == f"report: {run_folder(model) / 'report.html'}\n"
    call(tmp_path / "nest", "--out", tmp_path / "elsewhere")
    assert (tmp_path / "elsewhere" / "report.json").is_file()


@pytest.mark.parametrize("path", ["", "nest"])
def test_a_folder_without_a_model_or_a_record_is_refused(tiny_network: TinyNetwork, tmp_path: Path, path: str) -> None:
    tiny_network.publish(tmp_path / "nest")
    assert isinstance(call(tmp_path / path).exception, ModelError)
