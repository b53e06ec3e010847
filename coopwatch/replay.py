"""Recorded frames through the same core as live ones: pictures or a video in, classifications and events out."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from coopwatch.config.rules import to_rules
from coopwatch.config.settings import CameraSettings, Settings
from coopwatch.core.advance import advance
from coopwatch.core.camera import CameraMemory, Glance, advance_camera
from coopwatch.core.memory import Memory
from coopwatch.core.rules import Rules
from coopwatch.core.time_order import time_fault
from coopwatch.errors import CameraEndedError, UserMustActError
from coopwatch.inference.client import InferenceClient
from coopwatch.learning.place import model_of
from coopwatch.ports import Camera, Classifier
from coopwatch.sources import open_recorded
from coopwatch.values import Classification, Event, Frame
from coopwatch.vision.gate import NestGate
from coopwatch.vision.judge import PictureJudge
from coopwatch.watch import pace_of, see_nest

log = logging.getLogger(__name__)

Step = tuple[Classification | None, tuple[Event, ...]]
"""What was seen in a nest, and what is told of it; or None, and what is told of the camera's picture."""


async def replay_source(source: Path, settings: Settings, camera: CameraSettings) -> AsyncIterator[Step]:
    """Replay a folder of pictures or a video file with the settings' model and rules.

    Raises:
        UserMustActError: there is no such file or folder, or no camera reads it.
    """
    recorded = open_recorded(source, camera, settings.timezone)
    folder = model_of(settings)
    rules = to_rules(settings.rules, folder.card.roles)
    count = 0
    async with InferenceClient(folder, engine=settings.engine) as classifier, recorded as frames:
        async for step in replay(frames, camera, classifier=classifier, model=folder.hash, rules=rules):
            count += 1
            yield step
    if not count:
        raise UserMustActError(
            f"{source}: received no picture that could be used, expected pictures whose names or EXIF data tell a "
            "time, or a video; name another folder or file"
        )


async def replay(
    camera: Camera, settings: CameraSettings, *, classifier: Classifier, model: str, rules: Rules
) -> AsyncIterator[Step]:
    """Yield each classification with the events it leads to, in the order of the frames.

    As in the daemon, pictures that show nothing are passed over, and a nest where nothing stirred is not classified
    again: the same pictures lead to the same events.

    Args:
        camera: open; read to its end.
        settings: of the camera whose nests these pictures show.
        classifier: open.
        model: hash of the classifier's card.
        rules: with the roles of the card's labels.
    """
    memories = {nest.name: Memory(camera=settings.name, nest=nest.name) for nest in settings.nests}
    gates = {nest.name: NestGate(pace_of(settings)) for nest in settings.nests}
    judge, seen_by = PictureJudge([nest.region for nest in settings.nests]), CameraMemory(camera=settings.name)
    async for frame in _in_order(camera):
        sight = await asyncio.to_thread(judge.judge, frame)
        seen_by, of_camera = advance_camera(seen_by, Glance(at=frame.taken_at, flaw=sight.flaw), rules)
        if not sight.is_switching and not seen_by.is_blind(rules):
            for nest in settings.nests:
                seen = await see_nest(frame, nest, gates[nest.name], classifier, model)
                if seen is not None:
                    memories[nest.name], events = advance(memories[nest.name], seen, rules)
                    yield seen, events
        if of_camera:
            yield None, of_camera


async def _in_order(camera: Camera) -> AsyncIterator[Frame]:
    """The frames that the daemon would have taken; at the end, how many it would have refused is said."""
    last_at: datetime | None = None
    faults = list[str]()
    with suppress(CameraEndedError):
        while True:
            frame = await camera.grab()
            if fault := time_fault(frame.taken_at, last_at, now=frame.taken_at):
                faults.append(fault)
                continue
            last_at = frame.taken_at
            yield frame
    if faults:
        log.warning("Pictures that were not used: %d. The first: %s", len(faults), faults[0])
