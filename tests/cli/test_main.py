"""Rules of the command line as a whole."""

from types import SimpleNamespace

import pytest
from fakes.models import tiny_card

from coopwatch import __version__
from coopwatch.cli import main
from coopwatch.overview import Overview


def test_the_version_is_the_one_that_the_chat_tells(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    monkeypatch.setattr("sys.argv", ["coopwatch", "--version"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    assert capsys.readouterr().out == f"coopwatch {__version__}\n"
    model = SimpleNamespace(card=tiny_card(), is_answering=True, restarts=0)
    told = Overview(
        rounds=(), current=lambda: model, album=None, data_dir=tmp_path, corrected=lambda: None, why_not=str
    )
    assert told.service().version == __version__
