"""`coopwatch learn` does by hand what the daemon does by itself, and shows what came of it."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from fakes.command_line import runner
from fakes.lessons import NOW, name_photo, publish_spoilt
from fakes.models import TinyNetwork

from coopwatch.cli.learn import register
from coopwatch.errors import UserMustActError
from coopwatch.store.database import Database
from coopwatch.values import Event, EventKind

run = runner(register)

CONFIG = """\
timezone: Europe/Berlin
data_dir: data
model: models/tiny
cameras: [{name: nestcam, source: "simulated:", nests: [{name: left}]}]
chat: {terminal: true}
"""


@pytest.fixture
def config(tmp_path: Path, tiny_network: TinyNetwork) -> Path:
    publish_spoilt(tmp_path / "models" / "tiny", tiny_network)
    (tmp_path / "coopwatch.yaml").write_text(CONFIG)
    return tmp_path / "coopwatch.yaml"


async def speak(data: Path, *labels: str) -> None:
    """A visit and a person's word for each of these."""
    async with Database(data) as store:
        for number, label in enumerate(labels, 1):
            at = NOW + timedelta(hours=number)
            photo = name_photo(data, label, visit=number).photo
            kind = EventKind.UNKNOWN_VISITOR
            await store.tell([Event(kind=kind, camera="nestcam", nest="left", at=at, told_at=at, photo=photo)])
            await store.correct(number, label, by="Ann", at=at)


def test_the_table_shows_before_and_after_and_the_way_back(config: Path) -> None:
    data = config.parent / "data"
    asyncio.run(speak(data, "red_twin", "red_twin", "beauty"))
    head, named, aside, published, taken = run("--config", config).stdout.splitlines()
    assert head.split() == ["right", "of", "before", "now"]
    assert named.split()[-3:] == ["3", "0", "3"]
    assert aside.split()[-3:] == ["16", "8", "16"]
    assert published.startswith(f"published {data / 'learnt'}/")
    assert published.endswith(f"coopwatch models rollback {data / 'learnt'}")
    assert "SIGHUP" in taken
    again = json.loads(run("--config", config, "--json").stdout)
    assert (again["verdict"], again["version"], again["lesson"]["photos"]) == ("no_gain", None, 3)


def test_without_a_named_photo_nothing_is_learnt(config: Path) -> None:
    asyncio.run(speak(config.parent / "data"))
    assert run("--config", config).stdout.startswith("nothing was learnt: there is no photo")


@pytest.mark.parametrize(
    ("text", "words"), [(CONFIG, "without coopwatch.db"), (f"{CONFIG}learn: false\n", "learn: received false")]
)
def test_what_a_person_must_change_is_said(config: Path, text: str, words: str) -> None:
    config.write_text(text)
    result = run("--config", config)
    assert isinstance(result.exception, UserMustActError)
    assert words in str(result.exception)
