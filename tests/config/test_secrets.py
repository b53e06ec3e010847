import re
from pathlib import Path

import pytest
from config.files import GOOD, changed, write_config
from pydantic import SecretStr

from coopwatch.config.advice import advice
from coopwatch.config.load import load_settings
from coopwatch.config.secrets import camera_password, read_secret, telegram_token
from coopwatch.config.settings import CameraSettings, NestSettings, TelegramSettings
from coopwatch.errors import ConfigError

SECRET = "hunter2"
TOKEN = "123456789:AAExampleExampleExampleExample"


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    file.chmod(0o600)
    return file


@pytest.fixture(autouse=True)
def credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "credentials"
    folder.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    return folder


def revealed(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def test_a_secret_comes_from_the_file_then_the_environment_then_the_credential(
    secret_file: Path, credentials: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read_secret(None, None, "token") is None
    (credentials / "token").write_text("of systemd")
    monkeypatch.setenv("TOKEN", "of the environment")
    assert revealed(read_secret(None, None, "token")) == "of systemd"
    assert revealed(read_secret(None, "TOKEN", "token")) == "of the environment"
    assert revealed(read_secret(secret_file, "TOKEN", "token")) == SECRET


def test_without_systemd_there_is_no_credential(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    assert read_secret(None, None, "token") is None


def test_what_root_types_finds_the_secrets_of_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    monkeypatch.setattr("coopwatch.config.secrets.BY_ROOT", tmp_path)
    camera = CameraSettings(name="yard", source="rtsp://yard.local", nests=(NestSettings(name="left"),))
    assert (telegram_token(TelegramSettings()), camera_password(camera)) == (None, None)
    (tmp_path / "token").write_text("7:abc\n")
    (tmp_path / "yard.password").write_text("hush\n")
    found = telegram_token(TelegramSettings()), camera_password(camera)
    assert [revealed(secret) for secret in found] == ["7:abc", "hush"]


def test_a_secret_shows_in_no_repr(secret_file: Path) -> None:
    secret = read_secret(secret_file, None, "token")
    assert SECRET not in f"{secret} {secret!r}"


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "an empty file"), (b" \n", "an empty file"), (b"one\ntwo", "several lines"), (b"\xff", "is no text"),
     (b"x" * 5000, "several lines")],
)  # fmt: skip
def test_a_file_that_holds_no_secret_is_refused_without_its_content(
    secret_file: Path, content: bytes, words: str
) -> None:
    secret_file.write_bytes(content)
    with pytest.raises(ConfigError, match=words) as raised:
        read_secret(secret_file, None, "token")
    assert "two" not in str(raised.value)


def test_a_missing_file_and_an_unset_variable_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file, expected a file that holds the secret"):
        read_secret(tmp_path / "none", None, "token")
    with pytest.raises(ConfigError, match="variable COOP_UNSET: received nothing, expected the secret, set it"):
        read_secret(None, "COOP_UNSET", "token")


# In the config file


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("rtsp://camera.local", f"rtsp://admin:{SECRET}@camera.local"),
        ("rtsp://camera.local", f"rtsp://admin:{SECRET}/x@camera.local"),
        ("rtsp://camera.local", f"rtsp://admin:#{SECRET}@camera.local"),
        ("    nests:", f"    password: {SECRET}\n    nests:"),
        ("    nests:", f"    passwrd: {SECRET}\n    nests:"),
        ("    nests:", f"    password_file: {SECRET}\n    username: a\n    nests:"),
        ("    nests:", f"    password_env: {SECRET}\n    username: a\n    nests:"),
        ("terminal: true", f"telegram: {{token: {SECRET}}}"),
        ("terminal: true", f"telegram: {{token: *{SECRET}}}"),
        ("terminal: true", f"telegram: {{token: !{SECRET} x}}"),
        ("terminal: true", f"telegram: {{token_file: [{SECRET}]}}"),
        ("terminal: true", f"telegram: {TOKEN}"),
        ("terminal: true", f"telegram: {{token_file: {TOKEN}}}"),
        ("terminal: true", f"telegram: {{token_env: {TOKEN}}}"),
        ("terminal: true", f"telegram: {{api_url: {TOKEN}}}"),
        ("chat:", f"token: {TOKEN}\nchat:"),
        ("chat:", f"{TOKEN}: x\nchat:"),
        ("chat:", f"telegram_token: {SECRET}\nchat:"),
    ],
)
def test_a_secret_in_the_config_is_refused_and_never_shown(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load_settings(write_config(tmp_path, changed(old, new)))
    assert SECRET not in str(raised.value)
    assert TOKEN not in str(raised.value)
    assert raised.value.__cause__ is None  # pydantic's and YAML's errors quote the file
    assert raised.value.__context__ is None or raised.value.__suppress_context__


@pytest.mark.parametrize("source", ["rtsp://camera:554/a@b", "rtsp://[fe80::1]/a@b", "http://cam/x?at=5@home"])
def test_an_at_sign_alone_is_no_password(tmp_path: Path, source: str) -> None:
    assert load_settings(write_config(tmp_path, changed("rtsp://camera.local/stream2", f'"{source}"')))


def test_a_secret_file_that_is_there_passes(tmp_path: Path, secret_file: Path) -> None:
    text = changed("    nests:", f"    username: coop\n    password_file: {secret_file.name}\n    nests:")
    settings = load_settings(write_config(tmp_path, text))
    assert settings.cameras[0].password_file == secret_file
    assert advice(settings) == []


def test_a_secret_file_that_is_missing_is_a_mistake(tmp_path: Path) -> None:
    file = write_config(tmp_path, changed("terminal: true", "telegram: {token_file: ./token}"))
    with pytest.raises(
        ConfigError, match=r"token_file: received ./token, no such file, expected .*, write the token to"
    ):
        load_settings(file)


def test_two_places_for_one_secret_are_a_mistake(tmp_path: Path, secret_file: Path) -> None:
    file = write_config(tmp_path, changed("terminal: true", "telegram: {token_file: secret, token_env: TOKEN}"))
    with pytest.raises(ConfigError, match="token_env: received a second place"):
        load_settings(file)


def test_a_password_needs_a_user(tmp_path: Path, secret_file: Path) -> None:
    file = write_config(tmp_path, changed("    nests:", "    password_file: secret\n    nests:"))
    with pytest.raises(ConfigError, match=r"cameras\[0\].username: received a password without a user"):
        load_settings(file)


# Advice


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (changed("terminal: true", "telegram: {token_file: secret}"), "everyone on this machine can read"),
        (changed("terminal: true", "telegram: {token_env: COOP_UNSET}"), "variable COOP_UNSET is not set here"),
        (changed("terminal: true", "telegram:"), "must come as systemd credential `token`"),
        (changed("camera.local/stream2", "cam/x?usr=a&pwd=b"), "`pwd` in the source's address may be a password"),
        (changed("rtsp://camera.local/stream2", "pictures"), "there is no .*pictures; the address"),
        (changed("rtsp://camera.local/stream2", "n" * 300), "there is no .*nnn"),
        (changed("rtsp://camera.local/stream2", "/dev/video77"), "no /dev/video77; `ls /dev/v4l/by-id` shows"),
        (GOOD + "hens: {blue_twin: {name: Blue}}\n", "hens.blue_twin: the model knows no such hen; it knows red_twin"),
        (GOOD + "hens: {egg: {name: Egg}}\n", "hens.egg: the model knows no such hen"),
    ],
)
def test_what_may_not_be_as_meant_is_a_warning(
    tmp_path: Path, secret_file: Path, text: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    secret_file.chmod(0o644)
    (warning,) = advice(load_settings(write_config(tmp_path, text)))
    assert re.search(words, warning), warning


def test_a_good_file_needs_no_advice(tmp_path: Path) -> None:
    assert advice(load_settings(write_config(tmp_path))) == []


def test_a_model_that_corrections_cannot_teach_is_named_unless_nobody_wants_it_taught(tmp_path: Path) -> None:
    file = write_config(tmp_path)
    card = tmp_path / "models" / "demo" / "1" / "card.json"
    card.write_text(re.sub(r'"files": {.*?}', '"files": {}', card.read_text()))
    (warning,) = advice(load_settings(file))
    assert re.search(r"corrections .*cannot teach demo.*`coopwatch train`.*`learn: false`", warning)
    file.write_text(f"{GOOD}learn: false\n")
    assert advice(load_settings(file)) == []


def test_a_damaged_model_is_a_config_error(tmp_path: Path) -> None:
    settings = load_settings(write_config(tmp_path))
    (tmp_path / "models" / "demo" / "1" / "card.json").write_text("{}")
    with pytest.raises(ConfigError, match=r"^model: .*card.json"):
        advice(settings)
