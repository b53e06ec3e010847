"""Lets a process of its own make a film: scenes in, the bytes of an MP4 out."""

import asyncio
import json
import sys
from dataclasses import asdict

from coopwatch.errors import PictureError
from coopwatch.ports import Scenes

DEADLINE_SECONDS = 60.0
_SECONDS = 10  # that a film should last
_SLOWEST, _FASTEST = 4, 30  # pictures a second


async def make_film(scenes: Scenes) -> bytes:
    """The film of the scenes.

    Raises:
        PictureError: there are no pictures, or the film was not ready in time.
    """
    if not scenes.files:
        raise PictureError("received no pictures, expected some; wait for the camera")
    order = {
        "files": [str(file) for file in scenes.files],
        "region": asdict(scenes.region) if scenes.region else None,
        "rate": max(_SLOWEST, min(len(scenes.files) // _SECONDS, _FASTEST)),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "coopwatch.vision.film",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            film, complaint = await process.communicate(f"{json.dumps(order)}\n".encode())
    except TimeoutError as error:
        raise PictureError(f"the film was not ready within {DEADLINE_SECONDS:g} s; ask for fewer hours") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or not film:
        raise PictureError(f"no film could be made: {complaint.decode(errors='replace').strip()[-200:]}")
    return film
