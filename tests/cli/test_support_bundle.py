import time
import zipfile
from pathlib import Path

import pytest
from cli.test_check_config import run
from config.files import GOOD, write_config

TOKEN = "7012345678:a-secret_that-no_file-may_ever-show"


@pytest.mark.parametrize("year", [1970, 2150])
def test_a_clock_that_was_never_set_hinders_no_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, year: int
) -> None:
    """A Raspberry Pi without a network begins in 1970, of which a zip file knows nothing: a traceback."""
    file = write_config(tmp_path, GOOD)
    monkeypatch.setattr("zipfile.time.localtime", lambda _: time.struct_time((year, 1, 1, 0, 0, 0, 3, 1, 0)))
    assert run(monkeypatch, "support-bundle", "--config", file, "--out", tmp_path / "help.zip") == 0


def test_the_bundle_has_what_helps_and_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "password").write_text("hush/hush")
    text = GOOD.replace("source: rtsp://camera.local/stream2", "source: http://camera.local/snap.jpg?code=hush%2Fhush\n"
                        "    username: coop\n    password_file: password")  # fmt: skip
    text = text.replace("terminal: true", 'telegram: {token_file: token, api_url: "http://127.0.0.1:9"}')
    file = write_config(tmp_path, text)
    bundle = tmp_path / "help.zip"
    assert run(monkeypatch, "support-bundle", "--config", file, "--out", bundle) == 0
    with zipfile.ZipFile(bundle) as packed:
        content = {name: packed.read(name).decode() for name in packed.namelist()}
    assert set(content) == {"machine.json", "coopwatch.yaml", "findings.json", "database.json", "log.txt"}
    for name, part in content.items():
        assert TOKEN not in part, name
        assert "hush" not in part, name
    assert run(monkeypatch, "support-bundle", "--config", file, "--out", bundle) == 2  # nothing is written over
