"""Each photo goes up the line once: a path in, its bytes out for the first chat, Telegram's name for the others."""

import asyncio
import logging
from contextlib import suppress
from pathlib import Path

from coopwatch.errors import PictureError, StoreError
from coopwatch.ports import Store
from coopwatch.vision.picture import decode_picture, encode_jpeg, shrink

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 1.5  # that a chat waits for another one's upload; then it uploads the photo itself


class Uploads:
    """Knows what was uploaded; the store remembers it beyond a restart."""

    def __init__(self, store: Store, data_dir: Path) -> None:
        self._store = store
        self._data_dir = data_dir
        self._under_way: dict[str, asyncio.Event] = {}

    async def find(self, photo: str) -> str | bytes | None:
        """Telegram's name for the photo, or its bytes to upload; None if it cannot be shown."""
        name = await self._name(photo)
        if name is None and photo in self._under_way:
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self._under_way[photo].wait()
            name = await self._name(photo)
        if name is not None:
            return name
        return await self.again(photo)

    async def again(self, photo: str) -> bytes | None:
        """The photo's bytes to upload, whatever Telegram may have; None if it cannot be shown."""
        self._under_way.setdefault(photo, asyncio.Event())
        return await asyncio.to_thread(_read, self._data_dir / photo)

    async def keep(self, photo: str, name: str) -> None:
        """The photo is uploaded under this name."""
        try:
            await self._store.keep_file_id(photo, name)
        except StoreError as error:
            log.warning("The name of an uploaded photo was not kept, so it is uploaded again: %s", error)
        self.give_up(photo)

    def give_up(self, photo: str) -> None:
        """The upload is over; nobody needs to wait for it."""
        if event := self._under_way.pop(photo, None):
            event.set()

    async def _name(self, photo: str) -> str | None:
        try:
            return await self._store.file_id(photo)
        except StoreError:
            return None  # whoever marks the message as sent tells of the store


def _read(path: Path) -> bytes | None:
    """A JPEG that surely decodes, at most 1280 px."""
    try:
        jpeg = path.read_bytes()
        pixels = decode_picture(jpeg, name=str(path))
    except OSError as error:
        log.warning("The photo %s cannot be read and its text is sent alone: %s", path.name, error.strerror)
        return None
    except PictureError as error:
        log.warning("The photo is damaged and its text is sent alone: %s", error)
        return None
    small = shrink(pixels)
    is_fine = small.shape == pixels.shape and jpeg.startswith(b"\xff\xd8")
    return jpeg if is_fine else encode_jpeg(small)
