"""Brings one chat its messages, one after the other: rows of the outbox in, messages sent and rows marked out."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

from coopwatch.bot.plan import Hold, Refuse, Step, next_step
from coopwatch.bot.retry import RetryDecision, decide
from coopwatch.clock import Clock
from coopwatch.delivery import Delivery
from coopwatch.errors import MessengerError, TryLaterError, UnknownOutcomeError, UserMustActError
from coopwatch.ports import Messenger, Store
from coopwatch.values import Message, Told

log = logging.getLogger(__name__)

WINDOW = 60  # messages looked at together; more than a digest has lines
STEPS = 10  # then another chat may have the place
PATIENCE = 5  # attempts after which a message no longer holds up those behind it
DOUBTS = 2  # unknown outcomes after which a message that cannot be found is not sent a third time


@dataclass(slots=True)
class Ledger:
    """What the store could not be told yet, and what it need not know; lanes come and go, this stays."""

    arrived: dict[int, Told | None] = field(default_factory=dict)  # row -> where: sent, but not marked yet
    doubts: dict[int, int] = field(default_factory=dict)  # row -> unknown outcomes; after a restart counted anew


class Lane:
    """The way to one chat.

    Args:
        chat: whose messages.
        messenger, store, clock: see `Outbox`.
        zone: of the coop; quiet hours follow it.
        ledger: shared by all lanes.
    """

    def __init__(
        self, chat: str, *, messenger: Messenger, store: Store, clock: Clock, zone: tzinfo, ledger: Ledger
    ) -> None:
        self._chat = chat
        self._messenger = messenger
        self._store = store
        self._clock = clock
        self._zone = zone
        self._ledger = ledger
        self._is_stopping = False

    def stop(self) -> None:
        """End after the message that is on its way."""
        self._is_stopping = True

    async def run(self) -> datetime | None:
        """Send some of what is due; until when the chat is to be left alone, None if it need not be.

        Raises:
            StoreError: the rows cannot be read or marked.
            UserMustActError: the messenger cannot work as it is set up.
        """
        for _ in range(STEPS):
            if self._is_stopping:
                return None
            await self._messenger.turn(self._chat)
            step = await self._next_step()
            if step is None or self._is_stopping:
                return None
            if (until := await self._take(step)) is not None:
                return until
        return None

    async def _next_step(self) -> Step | None:
        now = self._clock.now()
        due = await self._store.unsent_of(self._chat, now, WINDOW)
        if arrived := [message.number for message in due if message.number in self._ledger.arrived]:
            await self._mark_sent(*arrived)
            due = [message for message in due if message.number not in arrived]
        subscriber = await self._store.find_subscriber(self._chat)
        if not due or subscriber is None:
            return None
        if self._messenger.is_log:
            return Delivery(messages=(due[0],), subscriber=subscriber, stories={}, is_silent=False)
        visits = {message.visit for message in due if message.visit is not None}
        stories = {visit: await self._store.story(visit, self._chat) for visit in visits}
        return next_step(due, stories, subscriber, now=now, zone=self._zone)

    async def _take(self, step: Step) -> datetime | None:
        match step:
            case Refuse(numbers=numbers):
                await self._store.mark_muted(*numbers)
            case Hold(numbers=numbers, until=until):
                await self._store.hold(*numbers, until=until)
            case Delivery():
                return await self._deliver(step)
        return None

    async def _deliver(self, delivery: Delivery) -> datetime | None:
        """Send it and mark its rows; until when the chat is to be left alone."""
        try:
            told = await self._find(delivery)
        except MessengerError as error:
            return await self._fail(delivery, error, is_in_doubt=True)
        if told is None and delivery.messages[0].sent_after is not None:
            await self._settle_doubt(delivery)
            return None
        try:
            told = told or await self._send(delivery)
        except MessengerError as error:
            return await self._fail(delivery, error)
        self._ledger.arrived |= dict.fromkeys(delivery.numbers, told)
        await self._mark_sent(*delivery.numbers)
        return None

    async def _find(self, delivery: Delivery) -> Told | None:
        """Where it is, if it was on its way once and did arrive."""
        after = delivery.messages[0].sent_after
        if after is None:
            return None
        told = await self._messenger.find(delivery, after=after)
        if told is not None:
            log.info("A message to %s of which nobody knew had arrived", self._chat)
        return told

    async def _settle_doubt(self, delivery: Delivery) -> None:
        """What did not arrive waits again like any other, unless it went out in vain too often."""
        if self._is_hopeless(delivery):
            await self._give_up(delivery, "no answer in time")
        else:
            await self._store.mark_sending(*delivery.numbers, after=None)

    async def _send(self, delivery: Delivery) -> Told | None:
        if delivery.told is None and not self._messenger.is_log:  # an edit may be made twice
            await self._store.mark_sending(*delivery.numbers, after=self._messenger.newest(self._chat) or 0)
        try:
            return await self._messenger.send(delivery)
        except (MessengerError, UserMustActError):
            raise
        except Exception as error:
            # The border to every messenger: a mistake in one must neither stop the daemon nor lose the message.
            log.exception("A message to %s failed in a way that nobody foresaw", self._chat)
            raise TryLaterError(f"unforeseen: {type(error).__name__}") from error

    async def _mark_sent(self, *numbers: int) -> None:
        """Mark what arrived, the rows of each message together."""
        arrived = self._ledger.arrived
        for told in {arrived[number] for number in numbers}:
            together = [number for number in numbers if arrived[number] == told]
            await self._store.mark_sent(*together, at=self._clock.now(), told=told)
        for number in numbers:
            del arrived[number]
            self._ledger.doubts.pop(number, None)

    async def _fail(self, delivery: Delivery, error: MessengerError, *, is_in_doubt: bool = False) -> datetime | None:
        """Carry out what the error means; a message that could not be looked for stays in doubt."""
        first = delivery.messages[0]
        if isinstance(error, UnknownOutcomeError) and not is_in_doubt:
            doubts = self._ledger.doubts
            doubts |= {number: doubts.get(number, 0) + 1 for number in delivery.numbers}
        decision = decide(error, first.attempts, self._clock.now())
        decision = replace(decision, look_first=decision.look_first or is_in_doubt)
        if decision.unsubscribe:
            log.warning("%s is gone and gets no more messages: %s", self._chat, error)
            await self._store.unsubscribe(self._chat)
            return None
        if decision.retry_at is None:
            await self._give_up(delivery, str(error))
            return None
        until = await self._retry(delivery, decision, decision.retry_at, str(error))
        return decision.retry_at if is_in_doubt else until  # what came after it could be taken for it

    async def _retry(self, delivery: Delivery, decision: RetryDecision, at: datetime, reason: str) -> datetime | None:
        attempts = delivery.messages[0].attempts
        await self._store.mark_failed(
            *delivery.numbers, retry_at=at, reason=reason, may_have_arrived=decision.look_first
        )
        if decision.move_to is not None:
            await self._store.move_chat(self._chat, decision.move_to)
            log.info("%s is %s now", self._chat, decision.move_to)
            return None
        level = logging.DEBUG if attempts else logging.INFO  # an outage is told once a message
        log.log(level, "%s to %s is tried again at %s: %s", _called(delivery.messages), self._chat, at, reason)
        return None if attempts >= PATIENCE else at

    def _is_hopeless(self, delivery: Delivery) -> bool:
        return all(self._ledger.doubts.get(number, 0) >= DOUBTS for number in delivery.numbers)

    async def _give_up(self, delivery: Delivery, reason: str) -> None:
        log.warning("%s to %s was given up: %s", _called(delivery.messages), self._chat, reason)
        for number in delivery.numbers:
            self._ledger.doubts.pop(number, None)
        await self._store.mark_failed(*delivery.numbers, retry_at=None, reason=reason)


def _called(messages: Sequence[Message]) -> str:
    first = messages[0].event.kind
    return f"The message {first}" if len(messages) == 1 else f"A message of {len(messages)} events"
