"""A new user's first five minutes."""

import io
import stat
from pathlib import Path

import pytest
from cli.test_check_config import run
from config.files import write_model

from coopwatch.cli.setup import unit_text
from coopwatch.config.load import load_settings
from coopwatch.config.secrets import camera_password, telegram_token
from coopwatch.doctor.finding import Finding, Grade

ROOT = Path(__file__).resolve().parents[2]
SIMULATED = "simulated:?seed=7&start=2026-05-01T10:00:00Z"


def answer(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Type these, also where nothing is shown while one types."""
    typed = io.StringIO("".join(f"{line}\n" for line in lines))
    monkeypatch.setattr("sys.stdin", typed)
    monkeypatch.setattr("getpass.getpass", lambda _: typed.readline().rstrip("\n"))


def test_a_few_answers_make_a_sound_config_and_a_photo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_model(tmp_path / "demo")
    config = tmp_path / "new" / "coopwatch.yaml"
    answer(monkeypatch, "Europe/Berlin", "nestcam", SIMULATED, "n", "")
    assert run(monkeypatch, "setup", "--config", config, "--model", tmp_path / "demo") == 0
    out, _ = capsys.readouterr()
    assert f"nestcam: look at {tmp_path / 'new' / 'nestcam.jpg'}" in out
    assert (tmp_path / "new" / "nestcam.jpg").stat().st_size > 1000
    settings = load_settings(config)
    assert (settings.cameras[0].source, settings.chat.terminal) == (SIMULATED, True)
    assert [nest.name for nest in settings.cameras[0].nests] == ["left", "right"]  # as the truth calls them


def test_an_answer_that_will_not_do_is_asked_again_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_model(tmp_path / "demo")
    config = tmp_path / "coopwatch.yaml"
    zone, name, source = ("Berlin", "Europe/Berlin"), ("Nest Cam", "nestcam"), ("usb:0", "192.168.1.5/x", SIMULATED)
    second = ("y", "nestcam", "yard", "rtsp://", SIMULATED)
    model = (tmp_path / "none", tmp_path / "demo")
    answer(monkeypatch, *zone, *name, *source, *second, "n", *map(str, model), "")
    assert run(monkeypatch, "setup", "--config", config) == 0
    out, err = capsys.readouterr()
    for word in (
        "write Europe/Berlin",
        "a name of a-z",
        "expected rtsp://",
        "which is not there",
        "no other camera has",
        "a host after rtsp://",
        "expected a model folder",
    ):
        assert word in out + err, word
    assert [camera.name for camera in load_settings(config).cameras] == ["nestcam", "yard"]


def test_an_unusable_camera_ends_no_setup_and_a_folder_is_found_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The code for the chat was not made then; and `pictures` was looked for beside the config, not where one was."""
    write_model(tmp_path / "demo")
    (tmp_path / "notes.txt").write_text("no video")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("coopwatch.doctor.parts.check_bot", refused)
    answer(monkeypatch, "Europe/Berlin", "yard", "notes.txt", "n", "Use this token: 7:x", "7012345678:abc")
    assert run(monkeypatch, "setup", "--config", "new/coopwatch.yaml", "--model", "demo") == 0
    _, err = capsys.readouterr()
    assert f"camera yard: source: received {tmp_path / 'notes.txt'}" in err
    assert "copy the token alone" in err
    assert "7:x" not in err
    assert "bot: the token is refused" in err


def test_names_that_make_no_config_are_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two drawn coops, one with the longest name there may be, and a camera called as a nest: all answers were lost."""
    write_model(tmp_path / "demo")
    long, config = "a" * 40, tmp_path / "coopwatch.yaml"
    cameras = ("nestcam", SIMULATED, "y", long, SIMULATED, "y", "left", "yard", str(tmp_path))
    answer(monkeypatch, "Europe/Berlin", *cameras, "n", "")
    assert run(monkeypatch, "setup", "--config", config, "--model", tmp_path / "demo") == 0
    nests = [nest.name for camera in load_settings(config).cameras for nest in camera.nests]
    assert nests == ["left", "right", f"{'a' * 34}_left", f"{'a' * 34}_right", "yard"]


def test_a_config_that_is_refused_leaves_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "demo").mkdir()
    config = tmp_path / "coopwatch.yaml"
    answer(monkeypatch, "Europe/Berlin", "yard", "http://127.0.0.1:9/x", "coop", "hush", "n", "7012345678:abc")
    assert run(monkeypatch, "setup", "--config", config, "--model", tmp_path / "demo") == 2
    assert [file.name for file in tmp_path.iterdir()] == ["demo"]


async def refused(_: object) -> Finding:
    return Finding(check="bot", grade=Grade.ILL, seen="the token is refused", remedy="copy it anew")


def test_secrets_stand_in_files_that_their_owner_alone_can_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_model(tmp_path / "demo")
    config = tmp_path / "coopwatch.yaml"
    camera = ("yard", "http://127.0.0.1:9/snap.jpg", "coop", "hush: 'hush'")
    monkeypatch.setattr("coopwatch.doctor.parts.check_bot", refused)
    answer(monkeypatch, "Europe/Berlin", *camera, "n", "7012345678:abc")
    assert run(monkeypatch, "setup", "--config", config, "--model", tmp_path / "demo") == 0
    out, err = capsys.readouterr()
    assert "yard: no picture" in err
    assert "bot: the token is refused; copy it anew" in err
    assert "hush" not in out + err + config.read_text()
    settings = load_settings(config)
    password, token = camera_password(settings.cameras[0]), telegram_token(settings.chat.telegram)  # type: ignore[arg-type]
    assert password is not None
    assert token is not None
    assert (password.get_secret_value(), token.get_secret_value()) == (camera[3], "7012345678:abc")
    for name in ("token", "yard.password"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_a_config_that_exists_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "coopwatch.yaml").write_text("mine")
    assert run(monkeypatch, "setup", "--config", tmp_path / "coopwatch.yaml") == 2
    assert (tmp_path / "coopwatch.yaml").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(monkeypatch)  # nobody answers
    assert run(monkeypatch, "setup", "--config", "/proc/nowhere/coopwatch.yaml") == 2
    assert "--config: received /proc/nowhere/coopwatch.yaml (" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("token", "passwords", "credentials"),
    [
        (True, [], ["token:/etc/coopwatch/token"]),
        (False, [], []),
        (False, ["yard"], ["camera_yard:/etc/coopwatch/yard.password"]),
    ],
)
def test_the_unit_gets_a_credential_for_each_secret(token: bool, passwords: list[str], credentials: list[str]) -> None:
    unit = (ROOT / "systemd" / "coopwatch.service").read_text()
    text = unit_text(unit, prefix=Path("/srv/coop"), token=token, passwords=passwords)
    found = [line.partition("=")[2] for line in text.splitlines() if line.startswith("LoadCredential=")]
    assert found == credentials
    assert "ExecStart=/srv/coop/bin/coopwatch run" in text
