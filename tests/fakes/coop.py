"""A coop without cameras: what a test puts in, a chat gets told."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from coopwatch.core.status import CameraStatus, NestStatus

SEEN_AT = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)


class FakeCoop:
    """The Coop port in memory: one camera with two nests, a hen in the left one."""

    def __init__(self, photos: Mapping[str | None, bytes] | None = None, *, trouble: str = "") -> None:
        self.photos = dict(photos or {})
        self.trouble = trouble

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
