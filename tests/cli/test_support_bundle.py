import zipfile
from pathlib import Path

import pytest
from cli.test_check_config import run
from config.files import GOOD, write_config

TOKEN = "7012345678:a-secret_that-no_file-may_ever-show"


def test_the_bundle_has_what_helps_and_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "password").write_text("hush-hush")
    text = GOOD.replace("source: rtsp://camera.local/stream2", "source: http://camera.local/snap.jpg?pwd=hush-hush\n"
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
        assert "hush-hush" not in part, name
    assert run(monkeypatch, "support-bundle", "--config", file, "--out", bundle) == 2  # nothing is written over
