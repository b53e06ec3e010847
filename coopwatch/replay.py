"""Recorded frames through the same core as live ones: a camera in, its events out."""

from collections.abc import AsyncIterator

from coopwatch.config.settings import CameraSettings
from coopwatch.core.advance import advance
from coopwatch.core.memory import Memory
from coopwatch.core.rules import Rules
from coopwatch.errors import CameraEndedError
from coopwatch.ports import Camera, Classifier
from coopwatch.values import Classification, Event
from coopwatch.watch import classify_nest


async def replay(
    camera: Camera, settings: CameraSettings, *, classifier: Classifier, model: str, rules: Rules
) -> AsyncIterator[tuple[Classification, tuple[Event, ...]]]:
    """Yield each classification with the events it leads to, in the order of the frames.

    Args:
        camera: open; read to its end.
        settings: of the camera whose nests these pictures show.
        classifier: open.
        model: hash of the classifier's card.
        rules: with the roles of the card's labels.
    """
    memories = {nest.name: Memory(camera=settings.name, nest=nest.name) for nest in settings.nests}
    while True:
        try:
            frame = await camera.grab()
        except CameraEndedError:
            return
        for nest in settings.nests:
            seen = await classify_nest(frame, nest, classifier, model)
            memories[nest.name], events = advance(memories[nest.name], seen, rules)
            yield seen, events
