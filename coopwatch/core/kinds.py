"""The kinds of event as people choose them: a few groups that together hold every kind."""

from collections.abc import Collection
from dataclasses import dataclass

from coopwatch.core.voice import Voice, marked
from coopwatch.values import EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Kinds that a reader wants or does not want together."""

    key: str  # as in `/mute visits`
    title: str
    kinds: tuple[EventKind, ...]

    def is_muted(self, muted: Collection[EventKind]) -> bool:
        """Whether none of the kinds is wanted."""
        return all(kind in muted for kind in self.kinds)


GROUPS = (
    Group(key="visits", title=marked("Visits"), kinds=(EventKind.HEN_NESTING, EventKind.HEN_LEFT)),
    Group(key="eggs", title=marked("Eggs"), kinds=(EventKind.EGG_LAID, EventKind.EGGS_COLLECTED)),
    Group(key="alarms", title=marked("Lost eggs and strangers"), kinds=(EventKind.EGG_LOST, EventKind.UNKNOWN_VISITOR)),
    Group(key="health", title=marked("Broody or not laying"), kinds=(EventKind.BROODY, EventKind.NO_EGG)),
    Group(
        key="cameras",
        title=marked("Cameras"),
        kinds=(
            EventKind.CAMERA_LOST,
            EventKind.CAMERA_BACK,
            EventKind.PICTURE_FROZEN,
            EventKind.PICTURE_DARK,
            EventKind.PICTURE_POOR,
        ),
    ),
    Group(
        key="service",
        title=marked("The service itself"),
        kinds=(EventKind.SERVICE_STARTED, EventKind.SERVICE_TROUBLE, EventKind.MODEL_CHANGED),
    ),
    Group(key="digest", title=marked("The day in short"), kinds=(EventKind.DAILY_DIGEST,)),
)


def group_meant(text: str, voice: Voice) -> Group | None:
    """The group of this key or title, in English or in the reader's language; case does not matter."""
    wanted = text.strip().casefold()
    names = {name: group for group in GROUPS for name in (group.key, group.title, voice.say(group.title))}
    return next((group for name, group in names.items() if name.casefold() == wanted), None)
