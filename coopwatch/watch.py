"""The loop of one camera: a frame in; classified, judged and saved, with its photo, out."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from coopwatch.clock import Clock
from coopwatch.config.settings import CameraSettings, NestSettings
from coopwatch.core.advance import advance
from coopwatch.core.camera import CameraMemory, Glance, advance_camera
from coopwatch.core.memory import Memory
from coopwatch.core.rules import Rules
from coopwatch.core.status import CameraStatus, NestStatus
from coopwatch.core.time_order import begin_anew, is_set_back, time_fault
from coopwatch.core.visit import leave_unseen
from coopwatch.errors import CameraError, InferenceError, StoreError
from coopwatch.event_photos import EventPhotos
from coopwatch.ports import Camera, Classifier, Store
from coopwatch.values import Classification, Event, Frame, Region, Tick
from coopwatch.vision.gate import NestGate, Pace, Worth
from coopwatch.vision.judge import PictureJudge
from coopwatch.vision.picture import encode_jpeg, shrink
from coopwatch.vision.preprocess import crop

log = logging.getLogger(__name__)

LOG_PAUSE = timedelta(seconds=10)  # between two lines of one camera


async def see_nest(
    frame: Frame, nest: NestSettings, gate: NestGate, classifier: Classifier, model: str
) -> Classification | None:
    """What `classifier`, whose card has the hash `model`, sees in one nest; None while the last answer is too new.

    Raises:
        InferenceError: see `Classifier.classify`.
    """
    pixels = crop(frame.pixels, nest.region)
    match gate.weigh(pixels, frame.taken_at):
        case Worth.CLASSIFY:
            probabilities = await classifier.classify(pixels)
            seen = Classification(nest=nest.name, taken_at=frame.taken_at, probabilities=probabilities, model=model)
            gate.note(seen)
            return seen
        case Worth.REPEAT:
            return gate.repeat(frame.taken_at)
        case Worth.WAIT:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a person says of a visit that lasts."""

    label: str  # or NOTHING
    began: datetime  # of the visit


class Watch:
    """One camera and its nests. Only `take` and `miss` change what is remembered; nothing is lost if saving fails.

    Args:
        settings: of the camera.
        camera, classifier, store: open while the watch is used.
        model: hash of the model's card.
        rules: with the roles of the model's labels.
        clock: the camera's own time, for moments without a frame.
        told: called after events were saved.
        keep: takes each frame that was classified, for the film of the day.
    """

    def __init__(  # noqa: PLR0913 (one place joins all parts of a camera's way, by name)
        self,
        *,
        settings: CameraSettings,
        camera: Camera,
        classifier: Classifier,
        store: Store,
        model: str,
        rules: Rules,
        clock: Clock,
        told: Callable[[], None],
        keep: Callable[[Frame], Awaitable[None]] | None = None,
    ) -> None:
        self._settings = settings
        self._camera = camera
        self._classifier = classifier
        self._store = store
        self._model = model
        self._rules = rules
        self._clock = clock
        self._told = told
        self._keep = keep
        self._memory = CameraMemory(camera=settings.name)
        self._nests = {nest.name: Memory(camera=settings.name, nest=nest.name) for nest in settings.nests}
        # Nest, or None for the camera -> events that the store did not take yet.
        self._unsaved: dict[str | None, tuple[Event, ...]] = {}
        self._frame: Frame | None = None
        self._trouble = ""
        self._logged = ""  # the trouble that was logged last
        self._logged_at: datetime | None = None
        self._judge, self._gates = _new_eyes(settings)
        self._words: dict[str, Word] = {}  # nest -> what a person says of it
        self._photos = EventPhotos(store)

    async def restore(self) -> None:
        """Go on from what the last run saved."""
        self._memory = await self._store.load_camera_memory(self._settings.name) or self._memory
        for nest in self._nests:
            memory = await self._store.load_memory(nest) or self._nests[nest]
            self._nests[nest] = replace(memory, camera=self._settings.name)  # another may have looked into it before
            await self._recall_word(self._nests[nest])

    async def _recall_word(self, memory: Memory) -> None:
        """What a person said of the visit that lasts, before the restart."""
        if memory.visit is None:
            return
        began = memory.visit.began
        for stored in await self._store.events_between(began, began + timedelta(microseconds=1)):
            if stored.event.nest == memory.nest and stored.correction is not None:
                self.correct(stored.event, stored.correction)

    def take_over(self, old: "Watch") -> None:
        """Go on where another watch of this camera stopped, which must not be used any more; after `restore`."""
        self._memory, self._frame, self._trouble = old._memory, old._frame, old._trouble
        self._words, self._photos = old._words, old._photos
        if old._settings == self._settings:
            self._judge = old._judge
            if old._model == self._model:
                self._gates = old._gates  # else another model's answers would be repeated
        self._nests |= {nest: memory for nest, memory in old._nests.items() if nest in self._nests}
        self._unsaved = old._unsaved
        for gone in old._nests.keys() - self._nests.keys():
            # The nest is gone, but what was to be told of it happened: it goes with what the camera saves next.
            events = (*self._unsaved.pop(gone, ()), *leave_unseen(old._nests[gone]))
            self._unsaved[None] = (*self._unsaved.get(None, ()), *events)

    async def look(self) -> None:
        """Take the camera's newest frame, or note that there is none."""
        try:
            frame = await self._camera.grab()
        except CameraError as error:
            await self.miss(str(error))
        else:
            await self.take(frame)

    async def take(self, frame: Frame) -> None:
        """Bring one frame from pixels to saved events; one that shows nothing changes nothing of the nests."""
        self._set_back_with_the_clock()
        if fault := time_fault(frame.taken_at, self._memory.seen_at, self._clock.now()):
            self._say(fault)
            return
        self._frame = frame
        sight = await asyncio.to_thread(self._judge.judge, frame)
        self._memory, events = advance_camera(self._memory, Glance(at=frame.taken_at, flaw=sight.flaw), self._rules)
        trouble = self._memory.trouble(self._rules)
        if not trouble and not sight.is_switching:
            trouble = await self._look_into_nests(frame)
        unsaved = await self._save(self._memory, events, None)
        self._say(unsaved or trouble)
        if self._keep is not None:
            await self._keep(frame)

    def _set_back_with_the_clock(self) -> None:
        """Begin anew where the clock was set back behind what is remembered: else nothing would be new for long."""
        now = self._clock.now()
        if is_set_back(self._memory.seen_at, now):
            log.warning("The clock was set back; what camera %s remembers begins anew", self._settings.name)
            self._judge, self._gates = _new_eyes(self._settings)  # else a still nest would be no news until then
            self._logged_at = None
            # A loss that was told is to be ended, too.
            lost_since = None if self._memory.lost_since is None else now
            self._memory = CameraMemory(camera=self._settings.name, lost_since=lost_since)
            self._nests = {nest: begin_anew(memory) for nest, memory in self._nests.items()}

    async def _look_into_nests(self, frame: Frame) -> str:
        """Classify what is new in the nests; why that or saving it failed, or an empty text."""
        unsaved = ""
        try:
            for nest in self._settings.nests:
                seen = await see_nest(frame, nest, self._gates[nest.name], self._classifier, self._model)
                if seen is not None:
                    self._nests[nest.name], events = advance(self._nests[nest.name], seen, self._rules)
                    unsaved = await self._save(self._nests[nest.name], events, nest.region) or unsaved
                    await self._photos.note(frame, nest.region, seen, self._nests[nest.name].visit)
        except InferenceError as error:
            return str(error)  # the next frame tells as much as this one
        return unsaved

    async def miss(self, reason: str) -> None:
        """Note that the camera gave no frame, in plain words why."""
        self._set_back_with_the_clock()
        tick, unsaved = Tick(at=self._clock.now(), reason=reason), ""
        for nest in self._settings.nests:
            self._nests[nest.name], events = advance(self._nests[nest.name], tick, self._rules)
            unsaved = await self._save(self._nests[nest.name], events, nest.region) or unsaved
        self._memory, events = advance_camera(self._memory, tick, self._rules)
        unsaved = await self._save(self._memory, events, None) or unsaved
        self._say(unsaved or f"no picture: {reason}")

    @property
    def name(self) -> str:
        """The camera's name."""
        return self._settings.name

    @property
    def seen_at(self) -> datetime | None:
        """When the newest frame was taken that was classified; None before the first."""
        return max((at for gate in self._gates.values() if (at := gate.classified_at) is not None), default=None)

    def status(self) -> CameraStatus:
        """How the camera and its nests do."""
        return CameraStatus(
            camera=self._settings.name,
            last_frame_at=self.seen_at,
            trouble=self._trouble or self._staleness(),
            lag=self._frame.lag if self._frame else timedelta(0),
            nests=tuple(
                _nest_status(memory, self._words.get(nest), self._gates[nest]) for nest, memory in self._nests.items()
            ),
        )

    def _staleness(self) -> str:
        """Which nest has not been classified for long, though its camera seems well; the heartbeat is at fault."""
        usual = timedelta(seconds=max(self._settings.every_seconds, self._settings.at_least_every_seconds))
        allowed = max(self._rules.lost_after, 3 * usual)
        for nest, gate in self._gates.items():
            age = self._clock.now() - gate.classified_at if gate.classified_at is not None else timedelta(0)
            if age > allowed:
                return f"nest {nest} was classified {age / timedelta(minutes=1):.0f} min ago"
        return ""

    def correct(self, event: Event, label: str) -> None:
        """A person says who sits in the nest (or NOTHING); it stands while what was seen then lasts."""
        memory = self._nests.get(event.nest or "")
        if memory is not None and memory.visit is not None and memory.visit.began == (event.began or event.at):
            self._words[memory.nest] = Word(label=label, began=memory.visit.began)

    def region(self, nest: str) -> Region | None:
        """The nest's part of the picture; None if this camera has no such nest."""
        return next((settings.region for settings in self._settings.nests if settings.name == nest), None)

    def photo(self, nest: str | None) -> bytes | None:
        """The newest frame as JPEG, at most 1280 px: of one nest, or whole; None if there is none."""
        if self._frame is None or (nest is not None and nest not in self._nests):
            return None
        regions = [settings.region for settings in self._settings.nests if settings.name == nest]
        return encode_jpeg(shrink(crop(self._frame.pixels, regions[0]) if regions else self._frame.pixels))

    def _say(self, trouble: str) -> None:
        """Note a trouble for the status; log it when it is news, but not all that a flapping camera has to say."""
        self._trouble = trouble
        if not trouble:
            self._logged = ""
        now = self._clock.now()
        if trouble == self._logged or (self._logged_at is not None and now - self._logged_at < LOG_PAUSE):
            return
        log.warning("Camera %s: %s", self._settings.name, trouble)
        self._logged, self._logged_at = trouble, now

    async def _save(self, memory: Memory | CameraMemory, events: Sequence[Event], region: Region | None) -> str:
        """Save a transition, with all events that could not be saved before; why that failed, or an empty text."""
        key = memory.nest if isinstance(memory, Memory) else None
        pending = (*self._unsaved.pop(key, ()), *events)
        try:
            pending = await self._photos.give(pending, self._frame, region)
            await self._store.save(memory, pending)
        except StoreError as error:
            self._unsaved[key] = pending
            return str(error)
        if pending:
            self._told()
        return ""


def _new_eyes(settings: CameraSettings) -> tuple[PictureJudge, dict[str, NestGate]]:
    """What compares a picture with those before it, of which it has seen none."""
    gates = {nest.name: NestGate(pace_of(settings)) for nest in settings.nests}
    return PictureJudge([nest.region for nest in settings.nests]), gates


def pace_of(settings: CameraSettings) -> Pace:
    """How often each nest of the camera is classified."""
    return Pace(
        at_most_every=timedelta(seconds=settings.at_most_every_seconds),
        at_least_every=timedelta(seconds=settings.at_least_every_seconds),
    )


def _nest_status(memory: Memory, word: Word | None, gate: NestGate) -> NestStatus:
    label, visit = memory.state, memory.visit
    certainty = memory.belief.probabilities.get(label or "", 0.0) if memory.belief else 0.0
    if word is not None and visit is not None and visit.began == word.began and label == visit.hen:
        label, certainty = word.label, 1.0
    return NestStatus(
        nest=memory.nest,
        label=label,
        certainty=certainty,
        since=None if memory.state is None else memory.since,
        classified_at=gate.classified_at,
        changed_at=gate.changed_at,
    )
