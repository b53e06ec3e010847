"""What every Messenger keeps to, the fake one and the real ones: the outbox relies on it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes.coop import FakeCoop
from fakes.delivery import alone
from fakes.messenger import FakeMessenger
from fakes.store import FakeStore
from peers.bot_api import bot_api, refuse

from coopwatch.bot.telegram import TelegramBot
from coopwatch.bot.terminal import TerminalMessenger
from coopwatch.clock import SystemClock
from coopwatch.delivery import Delivery
from coopwatch.errors import TryLaterError
from coopwatch.ports import Messenger
from coopwatch.values import Event, EventKind, Message

AT = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A messenger, what arrived at the other side, and a way to break that side for one message."""

    messenger: Messenger
    chat: str
    arrived: Callable[[], int]
    break_once: Callable[[], None]


@asynccontextmanager
async def fake(folder: Path) -> AsyncIterator[Service]:
    messenger = FakeMessenger()
    yield Service(
        messenger=messenger,
        chat="telegram:5",
        arrived=lambda: len(messenger.arrived),
        break_once=lambda: messenger.fail("telegram:5", TryLaterError("broken")),
    )


@asynccontextmanager
async def terminal(folder: Path) -> AsyncIterator[Service]:
    lines: list[str] = []
    broken: list[OSError] = []

    def write(line: str) -> None:
        if broken:
            raise broken.pop()
        lines.append(line)

    yield Service(
        messenger=TerminalMessenger(write, names={}, zone=UTC, data_dir=folder, store=FakeStore(), coop=FakeCoop()),
        chat="terminal",
        arrived=lambda: len(lines),
        break_once=lambda: broken.append(BrokenPipeError(32, "Broken pipe")),
    )


@asynccontextmanager
async def telegram(folder: Path) -> AsyncIterator[Service]:
    async with bot_api() as api:
        bot = TelegramBot(
            token=api.token,
            api_url=api.url,
            store=FakeStore(),
            coop=FakeCoop(),
            names={},
            zone=UTC,
            data_dir=folder,
            clock=SystemClock(),
        )
        async with bot:
            yield Service(
                messenger=bot,
                chat="telegram:5",
                arrived=lambda: sum(call.status == 200 for call in api.journal),
                break_once=lambda: api.fail("sendMessage", refuse(502, "Bad Gateway")),
            )


@pytest.fixture(params=[fake, terminal, telegram], ids=lambda make: make.__name__)
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    async with request.param(tmp_path) as running:
        yield running


def message(number: int, chat: str, **more: object) -> Delivery:
    event = {"kind": EventKind.EGG_LAID, "camera": "nestcam", "nest": "left", "at": AT, "told_at": AT} | more
    return alone(Message(number=number, chat=chat, event=Event(**event)))


async def test_a_confirmed_message_arrived_once(service: Service) -> None:
    for number in range(1, 4):
        await service.messenger.send(message(number, service.chat))
        assert service.arrived() == number


async def test_a_failure_is_told_by_its_meaning_and_the_next_message_goes_through(service: Service) -> None:
    service.break_once()
    with pytest.raises(TryLaterError) as told:
        await service.messenger.send(message(1, service.chat))
    assert str(told.value)
    assert told.value.after >= timedelta(0)
    assert service.arrived() == 0
    await service.messenger.send(message(1, service.chat))
    assert service.arrived() == 1


async def test_a_photo_that_is_missing_keeps_no_message_back(service: Service) -> None:
    await service.messenger.send(message(1, service.chat, photo="photos/00/missing.jpg"))
    assert service.arrived() == 1


async def test_a_chat_has_its_turn_and_what_was_never_sent_is_not_found(service: Service) -> None:
    await service.messenger.turn(service.chat)
    assert await service.messenger.find(message(1, service.chat), after=0) is None
    assert service.arrived() == 0


@pytest.mark.parametrize("kind", EventKind)
async def test_every_kind_of_event_can_be_sent(kind: EventKind, tmp_path: Path) -> None:
    async with terminal(tmp_path) as service:
        await service.messenger.send(message(1, service.chat, kind=kind))
        assert service.arrived() == 1
