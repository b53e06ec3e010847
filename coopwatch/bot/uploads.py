"""Each photo goes up the line once: a photo in, its bytes out for the first chat, Telegram's name for the others."""

import asyncio
import logging
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from coopwatch.errors import PictureError, StoreError
from coopwatch.ports import Store
from coopwatch.vision.annotate import draw_title
from coopwatch.vision.photo import decode_photo
from coopwatch.vision.picture import encode_jpeg, shrink

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 1.0  # that chats wait for another one's upload; then the next one uploads the photo itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo as a chat shows it."""

    path: str  # below the data folder
    answer: str = ""  # drawn on it; a person may correct it, so the kept photo is without

    @property
    def key(self) -> str:
        """What the store remembers its upload by."""
        return f"{self.path}#{sha256(self.answer.encode()).hexdigest()[:16]}" if self.answer else self.path


class Uploads:
    """Knows what was uploaded; the store remembers it beyond a restart."""

    def __init__(self, store: Store, data_dir: Path) -> None:
        self._store = store
        self._data_dir = data_dir
        self._under_way: dict[Photo, asyncio.Event] = {}

    async def find(self, photo: Photo) -> str | bytes | None:
        """Telegram's name for the photo, or its bytes to upload; None if it cannot be shown."""
        while (name := await self._name(photo)) is None:
            upload = self._under_way.get(photo)
            if upload is None:
                return await self.again(photo)
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await upload.wait()
            except TimeoutError:
                if self._under_way.get(photo) is upload:  # it hangs; of all who wait, the first one takes over
                    del self._under_way[photo]
        return name

    async def again(self, photo: Photo) -> bytes | None:
        """The photo's bytes to upload, whatever Telegram may have; None if it cannot be shown."""
        self._under_way.setdefault(photo, asyncio.Event())
        return await asyncio.to_thread(_read, self._data_dir / photo.path, photo.answer)

    async def keep(self, photo: Photo, name: str) -> None:
        """The photo is uploaded under this name."""
        try:
            await self._store.keep_file_id(photo.key, name)
        except StoreError as error:
            log.warning("The name of an uploaded photo was not kept, so it is uploaded again: %s", error)
        self.give_up(photo)

    def give_up(self, photo: Photo) -> None:
        """The upload is over; nobody needs to wait for it."""
        if event := self._under_way.pop(photo, None):
            event.set()

    async def _name(self, photo: Photo) -> str | None:
        try:
            return await self._store.file_id(photo.key)
        except StoreError:
            return None  # whoever marks the message as sent tells of the store


def _read(path: Path, answer: str) -> bytes | None:
    """A JPEG that surely decodes, at most 1280 px, with the nest framed and the answer drawn on it."""
    try:
        jpeg = path.read_bytes()
        photo = decode_photo(jpeg, name=str(path))
    except OSError as error:
        log.warning("The photo %s cannot be read and its text is sent alone: %s", path.name, error.strerror)
        return None
    except PictureError as error:
        log.warning("The photo is damaged and its text is sent alone: %s", error)
        return None
    shown = shrink(photo.framed)
    if answer:
        return encode_jpeg(draw_title(shown, answer))
    is_fine = shown is photo.pixels and jpeg.startswith(b"\xff\xd8")
    return jpeg if is_fine else encode_jpeg(shown)
