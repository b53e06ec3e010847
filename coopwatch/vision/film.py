"""Pictures of a coop as a short film: a line of JSON and JPEG files in, an MP4 out, in a process of its own.

`python -m coopwatch.vision.film` reads one line from its standard input, {"files", "region", "rate"}, and writes the
film to its standard output. A process of its own spares the daemon FFmpeg's memory, and can be ended when it is slow.
"""

import io
import json
import os
import sys
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from coopwatch.errors import PictureError
from coopwatch.values import Pixels, Region
from coopwatch.vision.picture import read_picture
from coopwatch.vision.preprocess import crop

LONGEST = 640  # pixels of the film's longer side
_QUALITY = {"crf": "26", "preset": "veryfast", "tune": "animation"}


def film(files: Sequence[Path], region: Region | None, *, rate: int) -> bytes:
    """An MP4 of the pictures, `rate` a second, cut to the region; pictures that do not decode are left out.

    Raises:
        PictureError: no picture decodes.
    """
    import av  # noqa: PLC0415 (FFmpeg is loaded in this process alone)

    pictures = _pictures(files, region)
    first = next(pictures, None)
    if first is None:
        raise PictureError(f"received {len(files)} files without a picture, expected JPEGs; wait for the camera")
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(rate), options=_QUALITY)
        stream.width, stream.height, stream.pix_fmt = first.width, first.height, "yuv420p"
        for picture in (first, *pictures):
            frame = av.VideoFrame.from_ndarray(np.asarray(picture.resize(first.size)), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return buffer.getvalue()


def _pictures(files: Sequence[Path], region: Region | None) -> Iterator[Image.Image]:
    for file in files:
        try:
            pixels = read_picture(file)
        except PictureError:
            continue  # cut short by a power cut, or deleted since: one picture less in the film
        yield _small(pixels if region is None else crop(pixels, region))


def _small(pixels: Pixels) -> Image.Image:
    """At most LONGEST, with even sides, as the codec wants them."""
    image = Image.fromarray(pixels)
    scale = min(1.0, LONGEST / max(image.size))
    width, height = (max(2, round(side * scale) // 2 * 2) for side in image.size)
    return image.resize((width, height))


def main() -> None:
    """Make one film, with little claim on the machine."""
    os.nice(10)
    order = json.loads(sys.stdin.readline())
    region = Region(**order["region"]) if order["region"] else None
    sys.stdout.buffer.write(film([Path(name) for name in order["files"]], region, rate=order["rate"]))


if __name__ == "__main__":
    main()
