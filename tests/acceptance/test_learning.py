"""A wrong name is corrected in the chat and the system learns from it: from a press of a button to the next answer.

The demo's own model, its head spoilt so that it takes one hen for another, watches the simulated coop; the chat is an
independent Bot API server.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from peers.bot_api import BotApi, Call, bot_api

from coopwatch.app import Daemon, Terminal
from coopwatch.clock import SystemClock
from coopwatch.config.load import load_settings
from coopwatch.config.saved import SavedFile
from coopwatch.learning.place import learnt_model
from coopwatch.pulse import Pulse
from coopwatch.simulator.coop import Coop
from coopwatch.store.database import Database
from coopwatch.subscriber import Subscriber, SubscriberRole
from coopwatch.values import Region
from coopwatch.vision.card import load_model_folder
from coopwatch.vision.head import Head, head_bytes, read_head
from coopwatch.vision.preprocess import crop
from coopwatch.vision.publish import publish_model, roll_back

DEMO = Path(__file__).resolve().parents[2] / "models" / "demo"
KEEPER = 5
LEFT = Region(left=0.0125, top=0.0, right=0.4875, bottom=1.0)
BEGIN = datetime(2026, 5, 1, 5, 28, tzinfo=UTC)  # of seed 7: Light Back sits in the left nest from 5:29 to 6:23
CONFIG = """
timezone: UTC
data_dir: data
model: models/demo
cameras:
  - name: nestcam
    source: "simulated:?seed=7&speed=20&start=2026-05-01T05:28:00Z"
    nests: [{{name: left, region: {{left: 0.0125, top: 0.0, right: 0.4875, bottom: 1.0}}}}]
hens: {{light_back: {{name: Light Back}}, beauty: {{name: Beauty}}}}
chat: {{telegram: {{token_file: token, api_url: "{api}"}}}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A daemon and its keeper's chat."""

    api: BotApi
    daemon: Daemon
    folder: Path

    async def press(self, under: Call, text: str) -> None:
        """Press the button with this text."""
        rows = json.loads(under.fields["reply_markup"])["inline_keyboard"]
        data = next(button["callback_data"] for row in rows for button in row if button["text"] == text)
        chat = {"id": KEEPER, "type": "private", "first_name": "Ann"}
        message = {"message_id": 1, "date": 1, "chat": chat, "caption": "x"}
        person = {"id": KEEPER, "is_bot": False, "first_name": "Ann"}
        query = {"id": text, "from": person, "chat_instance": "1", "data": data, "message": message}
        await self.api.send_update({"callback_query": query})

    async def names(self, minutes: float) -> str:
        """What the model in use says of the left nest so long after the beginning."""
        picture = Coop(seed=7).frame(BEGIN + timedelta(minutes=minutes))
        answer = await self.daemon._current().classify(crop(picture, LEFT))
        return max(answer, key=lambda label: answer[label])


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Running]:
    async with bot_api() as api:
        (folder / "token").write_text(api.token)
        (folder / "coopwatch.yaml").write_text(CONFIG.format(api=api.url))
        settings, stop = load_settings(folder / "coopwatch.yaml"), asyncio.Event()
        async with Database(settings.data_dir) as store:
            one = Subscriber(chat=f"telegram:{KEEPER}", name="Ann", since=SystemClock().now())
            await store.subscribe(one)
            await store.set_preferences(
                Subscriber(chat=one.chat, name="Ann", since=one.since, role=SubscriberRole.KEEPER)
            )
            pulse = Pulse(folder, environment={})
            async with Daemon(store, Terminal(write=print), pulse, settings) as daemon:
                task = asyncio.create_task(daemon.run(stop, SavedFile(folder / "coopwatch.yaml")))
                yield Running(api=api, daemon=daemon, folder=folder)
                stop.set()
                await task


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    """The demo's model, which takes Light Back for Beauty, and Beauty for Light Back."""
    demo = load_model_folder(DEMO)
    names = [label.name for label in demo.card.labels]
    order = list(range(len(names)))
    one, other = names.index("light_back"), names.index("beauty")
    order[one], order[other] = other, one
    head = read_head(demo.file("head.npz"))
    files = {name: demo.file(name).read_bytes() for name in demo.card.files}
    files["head.npz"] = head_bytes(Head(weights=head.weights[:, order], bias=head.bias[order]))
    return publish_model(tmp_path / "models" / "demo", demo.card, files).path.parent


@pytest.mark.timeout(240)
async def test_a_hen_that_a_keeper_names_once_is_named_right_from_then_on(spoilt: Path, tmp_path: Path) -> None:
    async with running(tmp_path) as coop:
        assert await coop.names(15) == "beauty"
        told = await coop.api.wait_for("sendPhoto", timeout=90)
        assert told.fields["caption"].startswith("Beauty is nesting in the left nest")
        await coop.press(told, "✗ Wrong")
        await coop.press(await coop.api.wait_for("editMessageReplyMarkup", timeout=60), "Light Back")
        await coop.api.wait_until_told("Learnt from 1 photo that people named", timeout=90)
        assert [await coop.names(minutes) for minutes in (5, 15, 40)] == ["light_back"] * 3
        await coop.api.send_text(KEEPER, "/model")
        await coop.api.wait_until_told("Light Back", "Learnt from 1 photo that people named\n", timeout=60)
        assert not [one.watch.status().trouble for one in coop.daemon._rounds if one.watch.status().trouble]
        assert load_model_folder(spoilt).card.learnt is None, "what was configured stays as it was"

    roll_back(learnt_model(tmp_path / "data"))
    async with running(tmp_path) as coop:
        assert await coop.names(15) == "beauty", "the keeper went back, and nobody has said anything since"
