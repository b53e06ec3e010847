import os
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from config.files import GOOD, changed, write_config
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.config.load import load_settings
from coopwatch.errors import ConfigError
from coopwatch.values import Region

LINE = re.compile(r"^(?P<file>.+):(?P<line>\d+): (?P<key>\S.*?): received .+, expected .+, .+$")


def mistakes(file: Path) -> dict[str, int]:
    """Key -> line of each mistake; each line of the error has the form that was promised."""
    with pytest.raises(ConfigError) as raised:
        load_settings(file)
    found = {}
    for line in str(raised.value).splitlines():
        match = LINE.match(line)
        assert match, line
        assert match["file"] == str(file)
        found[match["key"]] = int(match["line"])
    return found


def message(file: Path) -> str:
    """The only mistake's line."""
    with pytest.raises(ConfigError) as raised:
        load_settings(file)
    assert "\n" not in str(raised.value), str(raised.value)
    return str(raised.value)


def test_a_good_file_becomes_settings(tmp_path: Path) -> None:
    settings = load_settings(write_config(tmp_path))
    assert settings.timezone == ZoneInfo("Europe/Berlin")
    assert [nest.name for nest in settings.cameras[0].nests] == ["left", "right"]
    assert settings.cameras[0].nests[0].region == Region(left=0, top=0, right=0.48, bottom=1)
    assert settings.cameras[0].every_seconds == 5
    assert settings.chat.terminal
    assert settings.chat.telegram is None


def test_relative_paths_start_at_the_files_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_config(tmp_path, changed("rtsp://camera.local/stream2", "pictures"))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    settings = load_settings(Path("../coopwatch.yaml"))
    assert settings.data_dir.resolve() == tmp_path / "data"
    assert settings.data_dir.is_absolute()
    assert settings.model.resolve() == tmp_path / "models" / "demo"
    assert Path(settings.cameras[0].source).resolve() == tmp_path / "pictures"


@pytest.mark.parametrize("source", ["rtsp://camera.local/a", "simulated:?seed=7&speed=600", "/dev/video0"])
def test_addresses_and_absolute_paths_stay_as_they_are(tmp_path: Path, source: str) -> None:
    settings = load_settings(write_config(tmp_path, changed("rtsp://camera.local/stream2", f'"{source}"')))
    assert settings.cameras[0].source == source


def test_a_section_with_nothing_below_it_means_its_defaults(tmp_path: Path) -> None:
    settings = load_settings(write_config(tmp_path, GOOD + "  telegram:\nrules:\nhens:\n"))
    assert settings.chat.telegram is not None  # its token comes as a systemd credential
    assert settings.rules.enter == 0.95
    assert settings.hens == {}


# One mistake: what is said, word for word where words matter


@pytest.mark.parametrize(
    ("old", "new", "key", "line", "words"),
    [
        ("data_dir: data", "data_dri: data", "data_dri", 2, "an unknown key, expected one of .*, write `data_dir`"),
        ("data_dir: data", "x: 1\ndata_dir: data", "x", 2, "an unknown key, expected one of timezone, .*, remove it"),
        ("data_dir: data\n", "", "data_dir", 1, "no such key, expected a path, .*, add the key"),
        ("data_dir: data", "data_dir: ~/data", "data_dir", 2, "~/data, .* write the home folder out"),
        ("rtsp://camera.local/stream2", "~/a", "cameras[0].source", 6, "~/a, .* write the home folder out"),
        ("model: models/demo", f"model: {'n' * 300}", "model", 3, "nnn is no such folder"),
        ("model: models/demo", r'model: "a\x85b"', "model", 3, "a b is no such folder"),
        ("data_dir: data", "data_dir: [data]", "data_dir", 2, "a list, expected a path"),
        ("data_dir: data", "data_dir: coopwatch.yaml", "data_dir", 2, "a folder, .* is a file: choose another"),
        ("data_dir: data", "data_dir: coopwatch.yaml/x", "data_dir", 2, "expected a folder, .* is a file"),
        ("Europe/Berlin", "Europe/Berln", "timezone", 1, "Europe/Berln, expected an IANA timezone .*Europe/Berlin"),
        ("Europe/Berlin", "Berlin", "timezone", 1, "received Berlin, .*, write Europe/Berlin"),
        ("Europe/Berlin", "new york", "timezone", 1, "received new york, .*, write America/New_York"),
        ("Europe/Berlin", "Europe", "timezone", 1, "received Europe, expected an IANA timezone"),
        ("Europe/Berlin", "localtime", "timezone", 1, "received localtime, expected an IANA timezone"),
        ("Europe/Berlin", "../../etc/passwd", "timezone", 1, "expected an IANA timezone"),
        ("Europe/Berlin", "2", "timezone", 1, "received 2, expected an IANA timezone .*, look it up"),
        ("models/demo", "models/none", "model", 3, "models/none, expected a model folder, .*none is no such folder"),
        ("models/demo", "models", "model", 3, "models, expected a model folder, .*has no card.json"),
        ("name: nestcam", "name: Nest Cam", "cameras[0].name", 5, "Nest Cam, expected a name of a-z, 0-9 and _"),
        ("name: nestcam", "name: no", "cameras[0].name", 5, "received no, .*, put it in quotes"),
        ("name: right", "name: left", "cameras[0].nests[1].name", 10, r"a name that no other nest has \(line 8\)"),
        ("right: 0.48", "right: 1.2", "cameras[0].nests[0].region.right", 9, "1.2, expected a number from 0 to 1"),
        ("right: 0.48", "right: -1", "cameras[0].nests[0].region.right", 9, "-1, expected a number from 0 to 1"),
        ("right: 0.48", "right: .nan", "cameras[0].nests[0].region.right", 9, ".nan, expected a number from 0 to 1"),
        ("right: 0.48", "right: yes", "cameras[0].nests[0].region.right", 9, "yes, expected a number from 0 to 1"),
        ("right: 0.48", 'right: "1"', "cameras[0].nests[0].region.right", 9, '"1", .* write a plain number'),
        ("right: 0.48", "right: 0,48", "cameras[0].nests[0].region.48", 9, "write decimals with a point"),
        ("left: 0.52", "left: 1.0", "cameras[0].nests[1].region.left", 11, r"1.0, expected less than right \(1.0\)"),
        ("    nests:", "    every_seconds: 0\n    nests:", "cameras[0].every_seconds", 7, "0, expected .* above 0"),
        ("    nests:", "    username:\n    nests: []\n    x:", "cameras[0].x", 9, "an unknown key"),
        ("terminal: true", 'terminal: "true"', "chat.terminal", 13, '"true", expected true or false'),
        ("terminal: true", "terminal: false", "chat", 12, "no way to talk, expected `telegram:` or `terminal: true`"),
        ("chat:\n  terminal: true\n", "", "chat", 1, "no way to talk"),
        ("chat:", "chat: {}\nchat:", "chat", 13, r"the key again, expected it once \(line 12\), remove one"),
        ("chat:", "engine: torch\nchat:", "engine", 12, "torch, expected litert or tensorflow, choose one of them"),
        ("chat:", "hens: {red twin: {name: a}}\nchat:", "hens.red twin", 12, "red twin, expected a label"),
        ("chat:", "hens: {red_twin: {}}\nchat:", "hens.red_twin.name", 12, "no such key, expected the hen's name"),
        ("chat:", "hens: [red_twin]\nchat:", "hens", 12, "a list, expected a mapping .*, write its keys below it"),
        ("chat:", "rules: {enter: 1}\nchat:", "rules.enter", 12, "1, expected a number between 0 and 1"),
        ("chat:", "rules: {tel_egg: 1}\nchat:", "rules.tel_egg", 12, "write `tell_egg`"),
        ("chat:", "rules: 2024-13-45\nchat:", "rules", 12, "a value YAML cannot read, .*, put it in quotes"),
        ("chat:", "[1, 2]: x\nchat:", "file", 12, "a list or mapping as a key"),
        ("terminal: true", "telegram: {api_url: ftp://x}", "chat.telegram.api_url", 13, "expected an address that beg"),
        ("terminal: true", "telegram: {token_env: my-token}", "chat.telegram.token_env", 13, "that is no such name"),
    ],
)  # fmt: skip
def test_one_mistake_is_named_with_its_line_and_its_remedy(
    tmp_path: Path, old: str, new: str, key: str, line: int, words: str
) -> None:
    file = write_config(tmp_path, changed(old, new))
    with pytest.raises(ConfigError) as raised:
        load_settings(file)
    named = [text for text in str(raised.value).splitlines() if text.startswith(f"{file}:{line}: {key}: ")]
    assert len(named) == 1, str(raised.value)
    assert re.search(words, named[0]), named[0]


def test_crossed_edges_are_one_mistake(tmp_path: Path) -> None:
    (told,) = message(write_config(tmp_path, changed("left: 0.52", "left: 1.0"))).splitlines()
    assert "region.left" in told


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("ftp://camera/x", "expected rtsp://, rtsps://, http://, https://, simulated:, or the path of a device"),
        ("usb:0", "received usb:0, expected rtsp://"),
        ("cam.local:554/x", "a file with a colon in its name begins with ./"),
        ("rtsp:/camera/x", "expected a host after rtsp://, as in rtsp://camera.local/..., name the camera's host"),
        ("rtsp:///", "expected a host after rtsp://"),
        ("rtsp://<ip>/", "expected a host after rtsp://"),
        ("rtsp://[::1/", "expected a port from 1 to 65535"),
        ("http://camera:99999/", "expected a port from 1 to 65535 after the host, as in http://camera.local:554/..."),
        ("http://camera/my cam.jpg", "expected an address without spaces, as in http://camera.local/..., write %20"),
        ("'simulated:?sed=7'", "expected simulated: with seed (a whole number), speed (above 0"),
    ],
)
def test_an_address_at_which_no_camera_can_be_is_refused(tmp_path: Path, source: str, words: str) -> None:
    file = write_config(tmp_path, changed("rtsp://camera.local/stream2", source))
    told = message(file)
    assert f"{file}:6: cameras[0].source: " in told
    assert words in told


def test_a_camera_list_written_as_a_mapping_is_told_how_to_write_a_list(tmp_path: Path) -> None:
    file = write_config(tmp_path, re.sub(r"(?s)cameras:.*chat:", "cameras: {nestcam: {source: x}}\nchat:", GOOD))
    assert "a mapping, expected a list with at least one camera, write a list: begin each item" in message(file)


def test_all_mistakes_come_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    text = """\
timezone: Berlin
model: none
cameras:
  - name: a
    source: rtsp://u:p@cam/
    nests:
      - {name: left, region: {left: 0.6, top: 0, right: 0.3, bottom: 2}}
  - name: a
    source: 5
    nests:
      - name: left
hens: {red_twin: {nam: x}}
"""
    found = mistakes(write_config(tmp_path, text))
    assert list(found.values()) == sorted(found.values())
    assert found == {
        "data_dir": 1,
        "chat": 1,
        "timezone": 1,
        "model": 2,
        "cameras[0].source": 5,
        "cameras[0].nests[0].region.left": 7,
        "cameras[0].nests[0].region.bottom": 7,
        "cameras[1].name": 8,
        "cameras[1].source": 9,
        "cameras[1].nests[0].name": 11,
        "hens.red_twin.name": 12,
        "hens.red_twin.nam": 12,
    }


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"", 1, "an empty file, expected a configuration"),
        (b"# nothing but words\n", 1, "an empty file"),
        (b"- a\n- b\n", 1, "a list, expected keys with values"),
        (b"just words\n", 1, "just words, expected keys with values"),
        (b"a: 1\n\tb: 2\n", 2, "a tab, expected spaces, indent with spaces"),
        (b"a:\n  - b\n c: 2\n", 3, "expected valid YAML"),
        (b"a: [1, 2\nb: 3\n", 2, "expected valid YAML"),
        (b"a: 1\n---\nb: 2\n", 2, "expected valid YAML"),
        (b"a: *nobody\n", 1, "found undefined alias, expected valid YAML"),
        (b"a: \x00\n", 1, "expected valid YAML"),
        (b"a: 1\nb: \xff\xfe\n", 2, "bytes that are no text, expected UTF-8"),
        (b"a: &a [*a]\n", 1, "aliases that unfold without end"),
        (b"a: " + b"[" * 30 + b"]" * 30, 1, "keys nested too deep"),
        (b"a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
         b"c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
         b"e: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n", 1, "aliases that unfold without end"),
        (b"a: " + b"x" * 300_000, 1, "a larger file, expected at most 262144 bytes"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else None,
)  # fmt: skip
def test_a_file_that_is_no_config_says_why(tmp_path: Path, content: bytes, line: int, words: str) -> None:
    file = tmp_path / "coopwatch.yaml"
    file.write_bytes(content)
    told = message(file)
    assert told.startswith(f"{file}:{line}: ")
    assert words in told


@pytest.mark.parametrize(("name", "words"), [("none.yaml", "no such file"), ("folder", "a folder"), ("pipe", "a pipe")])
def test_a_file_that_is_not_there_says_so(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert f"{tmp_path / name}:1: file: received {words}, expected a readable config file" in message(tmp_path / name)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert load_settings(write_config(tmp_path, "\ufeff" + GOOD))


def test_an_alias_may_stand_for_what_is_written_elsewhere(tmp_path: Path) -> None:
    text = GOOD.replace("region: {left: 0.0,", "region: &r {left: 0.0,").replace(
        "region: {left: 0.52, top: 0.0, right: 1.0, bottom: 1.0}", "region: *r"
    )
    left, right = load_settings(write_config(tmp_path, text)).cameras[0].nests
    assert left.region == right.region


# Whatever a file holds, the answer is settings or the promised lines

scalars = st.none() | st.booleans() | st.integers(-2, 2) | st.floats() | st.text(max_size=5) | st.dates()
keys = st.sampled_from(
    [
        "timezone",
        "data_dir",
        "model",
        "cameras",
        "name",
        "source",
        "nests",
        "region",
        "left",
        "hens",
        "chat",
        "telegram",
    ]
) | st.text(max_size=3)
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=5), max_leaves=15
)


@given(tree=st.dictionaries(keys, trees, max_size=6))
def test_no_file_makes_it_crash(tmp_path_factory: pytest.TempPathFactory, tree: dict[str, object]) -> None:
    file = write_config(tmp_path_factory.getbasetemp(), yaml.safe_dump(tree, allow_unicode=True))
    mistakes(file)


@given(text=st.text(st.characters(codec="utf-8"), max_size=60))
def test_no_text_makes_it_crash(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    mistakes(write_config(tmp_path_factory.getbasetemp(), text))


def test_brackets_without_end_are_named_and_give_no_traceback(tmp_path: Path) -> None:
    file = tmp_path / "coopwatch.yaml"
    file.write_text("[" * 20_000)
    with pytest.raises(ConfigError, match="nested too deep"):
        load_settings(file)
