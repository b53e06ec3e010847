"""A coop without cameras: what a test puts in, a chat gets told."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fakes.models import tiny_card

from coopwatch.core.status import CameraStatus, NestStatus, ServiceStatus
from coopwatch.ports import Scenes
from coopwatch.values import Event
from coopwatch.vision.card import ModelCard

SEEN_AT = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)


class FakeCoop:
    """The Coop port in memory: one camera with two nests, a hen in the left one."""

    def __init__(self, photos: Mapping[str | None, bytes] | None = None, *, trouble: str = "") -> None:
        self.photos = dict(photos or {})
        self.trouble = trouble
        self.pictures: Sequence[Path] = ()
        self.lessons: Sequence[str] = ()
        self.corrected: list[tuple[Event, str]] = []

    def now(self) -> datetime | None:
        """The time of whoever asks."""
        return None

    def status(self) -> Sequence[CameraStatus]:
        """Red Twin sits left, nothing sits right."""
        nests = (
            NestStatus(nest="left", label="red_twin", certainty=0.96, since=SEEN_AT),
            NestStatus(nest="right", label="empty", certainty=0.98, since=SEEN_AT),
        )
        return [CameraStatus(camera="nestcam", last_frame_at=SEEN_AT, trouble=self.trouble, nests=nests)]

    def newest_photo(self, nest: str | None) -> bytes | None:
        """The photo that the test gave for the nest."""
        return self.photos.get(nest)

    def service(self) -> ServiceStatus:
        """A service that does well, or in trouble has lost its worker."""
        answers = not self.trouble
        return ServiceStatus(
            version="1.0",
            model="tiny 1",
            worker_answers=answers,
            worker_restarts=0 if answers else 4,
            free_bytes=34_000_000_000,
        )

    def model(self) -> ModelCard:
        """A small model."""
        return tiny_card(labels=(*self.hens(), "egg", "empty"))

    def learning(self) -> Sequence[str]:
        """What the test gave."""
        return self.lessons

    def hens(self) -> Sequence[str]:
        """Three hens."""
        return ("beauty", "psycho", "red_twin")

    def scenes(self, nest: str | None, back: timedelta) -> Scenes:
        """The pictures that the test gave."""
        return Scenes(files=self.pictures, region=None)

    def correct(self, event: Event, label: str) -> None:
        """Keep what a person said."""
        self.corrected.append((event, label))
