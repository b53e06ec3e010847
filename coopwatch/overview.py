"""What a chat may ask of the running daemon, answered at once from memory: the Coop port over the parts that run."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from coopwatch import __version__
from coopwatch.album import Album
from coopwatch.core.lesson import Lesson, lesson_text
from coopwatch.core.status import CameraStatus, ServiceStatus
from coopwatch.core.voice import FOR_LOGS
from coopwatch.inference.client import InferenceClient
from coopwatch.ports import Scenes
from coopwatch.rounds import Rounds
from coopwatch.values import Event, Role
from coopwatch.vision.card import ModelCard


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The parts that a chat is told about."""

    rounds: Rounds
    current: Callable[[], InferenceClient]  # a model that is changed brings another
    album: Album
    data_dir: Path
    corrected: Callable[[], None]  # called after a correction, which changes messages in chats and teaches the model
    why_not: Callable[[], str]  # why the last corrections taught nothing, a text of core.lesson

    @property
    def classifier(self) -> InferenceClient:
        """The one in use now."""
        return self.current()

    def now(self) -> datetime | None:
        """The first camera's own time."""
        return next((one.source.clock.now() for one in self.rounds), None)

    def status(self) -> Sequence[CameraStatus]:
        """The state of every camera and nest."""
        return [watch.status() for watch in self.rounds.watches]

    def seen(self) -> Mapping[str, datetime]:
        """Label -> when it was last seen, of all that nests hold now; of a nest not yet classified nothing is seen."""
        nests = [nest for status in self.status() for nest in status.nests]
        return {nest.label: nest.classified_at for nest in nests if nest.label and nest.classified_at}

    def newest_photo(self, nest: str | None) -> bytes | None:
        """The newest picture of the nest, or of the first camera."""
        return next((photo for watch in self.rounds.watches if (photo := watch.photo(nest)) is not None), None)

    def service(self) -> ServiceStatus:
        """How the service itself does."""
        return ServiceStatus(
            version=__version__,
            model=f"{self.classifier.card.name} {self.classifier.card.version}",
            lesson=_lesson(self.classifier.card),
            worker_answers=self.classifier.is_answering,
            worker_restarts=self.classifier.restarts,
            free_bytes=_free_bytes(self.data_dir),
        )

    def model(self) -> ModelCard:
        """The card of the model that names the hens."""
        return self.classifier.card

    def learning(self) -> Sequence[str]:
        """What the model learnt from corrections, and why the last ones taught it nothing; texts of core.lesson."""
        return [text for text in (_lesson(self.classifier.card), self.why_not()) if text]

    def hens(self) -> Sequence[str]:
        """The labels of all hens that the model knows."""
        return [label.name for label in self.classifier.card.labels if label.role is Role.HEN]

    def scenes(self, nest: str | None, back: timedelta) -> Scenes:
        """The pictures of so much time before the newest one: of the nest, or of the first camera."""
        for watch in self.rounds.watches:
            region = watch.region(nest) if nest is not None else None
            if watch.seen_at is not None and (nest is None or region is not None):
                files = self.album.pictures(watch.name, watch.seen_at - back, watch.seen_at)
                return Scenes(files=files, region=region)
        return Scenes(files=(), region=None)

    def correct(self, event: Event, label: str) -> None:
        """A person says who the event is about: the nest's state says so too, and soon all chats."""
        for watch in self.rounds.watches:
            watch.correct(event, label)
        self.corrected()


def _lesson(card: ModelCard) -> str:
    if (learnt := card.learnt) is None:
        return ""
    lesson = Lesson(photos=learnt.photos, judged=learnt.judged, right=learnt.right, before=learnt.before)
    return lesson_text(lesson, FOR_LOGS)


def _free_bytes(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None  # the disk that everything else complains of is gone
