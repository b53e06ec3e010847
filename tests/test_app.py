"""The config edited while the daemon runs: what changed is built anew, everything else goes on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from aiohttp import web
from fakes.lessons import name_photo, order_of, publish_spoilt
from fakes.models import TinyNetwork
from fakes.store import FakeStore

from coopwatch import app
from coopwatch.app import Daemon, Terminal
from coopwatch.clock import SystemClock
from coopwatch.config.load import load_settings
from coopwatch.config.saved import SavedFile
from coopwatch.core.memory import Memory
from coopwatch.core.status import CameraStatus
from coopwatch.errors import UserMustActError
from coopwatch.learning.learn import learn
from coopwatch.pulse import HEARTBEAT_FILE, Pulse
from coopwatch.store.lock import locked
from coopwatch.subscriber import Subscriber, SubscriberRole
from coopwatch.values import Visit

CONFIG = """\
timezone: Europe/Berlin
data_dir: data
model: models/tiny
cameras:
  - {name: first, source: "simulated:?seed=1&speed=5", nests: [{name: one}]}
  - {name: second, source: "simulated:?seed=2&speed=5", nests: [{name: two}]}
chat: {terminal: true}
"""
THIRD = '  - {name: third, source: "simulated:?seed=3&speed=5", nests: [{name: three}]}\n'


class SavedByHand(SavedFile):
    """Is read when the test says so."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.news = asyncio.Event()

    async def saved(self) -> None:
        await self.news.wait()
        self.news.clear()

    def save(self, text: str) -> None:
        self.path.write_text(text)
        self.news.set()


@pytest.fixture
def file(tiny_network: TinyNetwork, tmp_path: Path) -> Path:
    tiny_network.publish(tmp_path / "models" / "tiny")
    (tmp_path / "data").mkdir()
    path = tmp_path / "coopwatch.yaml"
    path.write_text(CONFIG)
    return path


class Running:
    """A daemon with its insides in sight."""

    def __init__(self, daemon: Daemon, store: FakeStore, saved: SavedByHand) -> None:
        self.daemon = daemon
        self.store = store
        self._saved = saved

    @property
    def rounds(self) -> dict[str, object]:
        return {one.watch.name: one for one in self.daemon._rounds}

    @property
    def statuses(self) -> list[CameraStatus]:
        return [one.watch.status() for one in self.daemon._rounds]

    @property
    def cameras(self) -> dict[str, object]:
        return {one.watch.name: one.source.camera for one in self.daemon._rounds}

    async def save(self, text: str, caplog: pytest.LogCaptureFixture) -> str:
        """Save a config; the word that the daemon has for it."""
        caplog.clear()
        self._saved.save(text)
        async with asyncio.timeout(30):
            while True:
                if words := [record.getMessage() for record in caplog.records if "config" in record.getMessage()]:
                    return words[0]
                await asyncio.sleep(0)

    async def looked(self, *cameras: str) -> None:
        """Wait until each of these cameras was looked through (once more)."""
        before = {one.watch.name: one.looked for one in self.daemon._rounds}
        async with asyncio.timeout(30):
            while waiting := [one for one in self.daemon._rounds if one.watch.name in cameras]:
                if all(one.looked != before[one.watch.name] for one in waiting):
                    return
                await asyncio.sleep(0)


@asynccontextmanager
async def running(file: Path, store: FakeStore | None = None) -> AsyncIterator[Running]:
    settings = load_settings(file)
    store, saved, stop = store or FakeStore(), SavedByHand(file), asyncio.Event()
    keeper = Subscriber(chat="terminal", name="t", since=SystemClock().now(), role=SubscriberRole.KEEPER)
    await store.subscribe(keeper)
    async with Daemon(store, Terminal(write=print), Pulse(file.parent, environment={}), settings) as daemon:
        task = asyncio.create_task(daemon.run(stop, saved))
        yield Running(daemon, store, saved)
        stop.set()
        await task


async def test_a_new_camera_starts_and_a_removed_one_stops_while_the_others_stay_open(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with running(file) as coop:
        before, first = coop.rounds, coop.rounds["first"]
        text = CONFIG.replace("chat:", f"{THIRD}chat:")
        assert await coop.save(text, caplog) == "The config was read anew: camera third added."
        assert [status.camera for status in coop.statuses] == ["first", "second", "third"]
        await coop.looked("third")
        assert await coop.save(CONFIG, caplog) == "The config was read anew: camera third removed."
        assert coop.rounds == before
        assert coop.rounds["first"] is first
        await coop.looked("first", "second")


async def test_a_moved_nest_closes_no_camera(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    async with running(file) as coop:
        await coop.looked("first", "second")
        cameras, rounds = coop.cameras, coop.rounds
        text = CONFIG.replace("{name: one}", "{name: one, region: {left: 0, top: 0, right: 0.5, bottom: 1}}")
        assert await coop.save(text, caplog) == "The config was read anew: camera first changed."
        assert coop.cameras == cameras
        assert (coop.rounds["first"] is rounds["first"], coop.rounds["second"] is rounds["second"]) == (False, True)
        await coop.looked("first", "second")


async def test_another_rule_is_in_force_at_once_and_closes_no_camera(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with running(file) as coop:
        cameras, rounds = coop.cameras, coop.rounds
        text = CONFIG.replace("chat:", "rules: {enter: 0.9}\nchat:")
        assert await coop.save(text, caplog) == "The config was read anew: rules changed."
        assert coop.cameras == cameras
        assert not any(coop.rounds[name] is rounds[name] for name in ("first", "second"))


async def test_a_camera_with_another_source_is_opened_anew(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    async with running(file) as coop:
        cameras = coop.cameras
        await coop.save(CONFIG.replace("seed=2", "seed=4"), caplog)
        assert coop.cameras["first"] is cameras["first"]
        assert coop.cameras["second"] is not cameras["second"]
        await coop.looked("first", "second")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("speed=5", "speed=fast", "speed"),
        ("timezone: Europe/Berlin", "timezone: Europe/Berlinn", ":1: timezone: received"),
        ("chat:", "chat: [", ":8: yaml: received"),
        ('"simulated:?seed=1&speed=5"', "gopher://camera", ":5: cameras[0].source: received gopher"),
        ('"simulated:?seed=1&speed=5"', "notes.txt", "camera first: source: received "),
        ("{terminal: true}", "{telegram: {token_env: NO_SUCH_TOKEN}}", "NO_SUCH_TOKEN: received nothing"),
    ],
)
async def test_a_bad_file_keeps_the_old_one_running_and_tells_the_keeper_why(
    file: Path, caplog: pytest.LogCaptureFixture, old: str, new: str, words: str
) -> None:
    async with running(file) as coop:
        before = coop.rounds
        told = await coop.save(CONFIG.replace(old, new, 1), caplog)
        assert words in told
        assert coop.rounds == before
        await coop.looked("first", "second")
        (event,) = coop.store.events
        assert event.kind == "service_trouble"
        assert words in event.reason


@asynccontextmanager
async def refusing_bot_api() -> AsyncIterator[str]:
    """A Bot API that knows no token."""

    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401)

    api = web.Application()
    api.router.add_route("*", "/{path:.*}", refuse)
    runner = web.AppRunner(api)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_a_token_that_is_refused_keeps_the_chat_as_it_was(
    file: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ended the daemon, which is not started anew when a person must act: nothing was watched any more."""
    monkeypatch.setenv("COOP_TOKEN", "7012345678:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw")
    async with refusing_bot_api() as url, running(file) as coop:
        text = CONFIG.replace("{terminal: true}", f'{{telegram: {{token_env: COOP_TOKEN, api_url: "{url}"}}}}')
        assert "the bot token was refused" in await coop.save(text, caplog)
        await coop.looked("first", "second")
        (event,) = coop.store.events
        assert "the bot token was refused" in event.reason


async def test_a_bad_file_with_another_model_leaves_no_second_worker(
    file: Path, tiny_network: TinyNetwork, caplog: pytest.LogCaptureFixture
) -> None:
    tiny_network.publish(file.parent / "models" / "other")
    async with running(file) as coop:
        before = psutil.Process().children()
        text = CONFIG.replace("models/tiny", "models/other").replace('"simulated:?seed=1&speed=5"', "notes.txt")
        assert "camera first: source: received " in await coop.save(text, caplog)
        assert psutil.Process().children() == before


async def test_another_model_goes_live_without_closing_a_camera(
    file: Path, tiny_network: TinyNetwork, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    tiny_network.publish(file.parent / "models" / "other")
    async with running(file) as coop:
        cameras, (worker,) = coop.cameras, psutil.Process().children()
        assert await coop.save(CONFIG.replace("models/tiny", "models/other"), caplog) == (
            "The config was read anew: model changed."
        )
        assert coop.cameras == cameras
        assert [child != worker for child in psutil.Process().children()] == [True]
        await coop.looked("first", "second")


def without_its_card(folder: Path, _: pytest.MonkeyPatch) -> None:
    (folder / "models" / "tiny" / "1" / "card.json").unlink()


def on_another_machine(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(data_dir: Path) -> None:
        raise UserMustActError(f"received {data_dir} on a network file system")

    monkeypatch.setattr(app, "require_local", refuse)


@pytest.mark.parametrize("spoil", [without_its_card, on_another_machine])
async def test_what_cannot_be_used_leaves_no_trace_on_the_disk(
    file: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Path, pytest.MonkeyPatch], None]
) -> None:
    settings, stop = load_settings(file), asyncio.Event()
    spoil(file.parent, monkeypatch)
    stop.set()
    with pytest.raises(UserMustActError):
        await app.run(settings, terminal=Terminal(write=print), stop=stop)
    assert not [*settings.data_dir.iterdir()]


async def test_the_daemon_goes_on_from_what_was_saved(file: Path) -> None:
    store = FakeStore()
    await store.save(Memory(camera="first", nest="one", state="egg"), [])
    async with running(file, store) as coop:
        assert [nest.label for status in coop.statuses for nest in status.nests] == ["egg", None]


def sitting(camera: str, nest: str) -> Memory:
    began = SystemClock().now() - timedelta(hours=2)
    visit = Visit(nest=nest, hen="psycho", began=began, ended=None, certainty=0.9)
    return Memory(camera=camera, nest=nest, at=began + timedelta(hours=1), state="psycho", visit=visit)


@pytest.mark.parametrize("camera", ["first", "sold"])
async def test_who_sat_in_a_nest_that_left_the_config_before_the_start_has_left_when_she_was_last_seen(
    file: Path, camera: str
) -> None:
    """She sat for ever: no watch was left that could have told it."""
    store, memory = FakeStore(), sitting(camera, "renamed")
    await store.save(memory, [])
    for _ in range(2):
        async with running(file, store):
            pass
    assert [(event.kind, event.nest, event.at) for event in store.events] == [("hen_left", "renamed", memory.at)]


async def test_who_sat_before_a_camera_that_is_removed_has_left(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    store = FakeStore()
    await store.save(sitting("second", "two"), [])
    async with running(file, store) as coop:
        await coop.looked("first", "second")
        text = CONFIG.replace('  - {name: second, source: "simulated:?seed=2&speed=5", nests: [{name: two}]}\n', "")
        assert await coop.save(text, caplog) == "The config was read anew: camera second removed."
        assert ("hen_left", "two") in [(event.kind, event.nest) for event in store.events]
        assert sorted(store.nests) == ["one"]


async def test_a_second_daemon_on_the_same_data_is_refused(file: Path) -> None:
    settings, stop = load_settings(file), asyncio.Event()
    stop.set()
    with locked(settings.data_dir), pytest.raises(UserMustActError, match="another coopwatch uses"):
        await app.run(settings, terminal=Terminal(write=print), stop=stop)


async def test_the_heartbeat_ends_with_the_daemon(file: Path) -> None:
    pulse = file.parent / HEARTBEAT_FILE
    async with running(file) as coop:
        await coop.looked("first", "second")
        assert pulse.exists()
    assert not pulse.exists()


@pytest.fixture
def taught(file: Path, tiny_network: TinyNetwork) -> str:
    """The config of a coop whose model learnt from a word."""
    data, model = file.parent / "data", file.parent / "models" / "taught"
    publish_spoilt(model, tiny_network)
    learn(order_of(model, data, name_photo(data, "red_twin")), lambda *_: None)
    text = CONFIG.replace("models/tiny", "models/taught")
    file.write_text(text)
    return text


async def test_what_was_learnt_names_the_hens_until_the_config_says_otherwise(
    file: Path, taught: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with running(file) as coop:
        assert coop.daemon._current().card.learnt is not None
        cameras = coop.cameras
        told = await coop.save(f"{taught}learn: false\n", caplog)
        assert told == "The config was read anew: learn changed."
        assert coop.daemon._current().card.learnt is None
        assert coop.cameras == cameras
        await coop.looked("first", "second")
