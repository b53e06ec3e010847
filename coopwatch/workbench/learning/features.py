"""A frozen backbone's view of every picture, computed once: pictures in, rows of features out, kept by picture hash."""

import hashlib
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from coopwatch.vision.card import Input
from coopwatch.vision.preprocess import scale_input
from coopwatch.vision.whole_file import write_whole
from coopwatch.workbench.export.litert import LiteRTGraph
from coopwatch.workbench.pictures.dataset import Picture
from coopwatch.workbench.pictures.pixels import Prepared, load_input, prepare_each
from coopwatch.workbench.progress import Progress

CACHE_FOLDER = "cache"  # below the model's folder

Vector = npt.NDArray[np.float32]


def compute_features(
    pictures: Sequence[Picture],
    backbone: bytes,
    form: Input,
    cache: Path,
    progress: Progress,
) -> Prepared:
    """The features (pictures, features) that this LiteRT backbone sees, the same that the service will see.

    What `cache` (a folder) holds for this backbone and picture is taken from there; the rest is computed and added.
    """
    file = cache / f"features-{hashlib.sha256(backbone).hexdigest()[:16]}.npz"
    known = _read_cache(file)
    graph: LiteRTGraph | None = None
    rows: list[Vector] = []
    fresh = 0

    def store(_: int, picture: Picture) -> None:
        nonlocal graph, fresh
        if picture.sha256 not in known:
            graph = graph or LiteRTGraph(backbone)
            known[picture.sha256] = graph.run(scale_input(load_input(picture, form), form))
            fresh += 1
        rows.append(known[picture.sha256])

    kept, unreadable = prepare_each(pictures, store, "computing features", progress)
    if fresh:
        try:
            _write_cache(file, known)
        except OSError as error:
            progress.tell(f"{cache}: received {error.strerror}; what was computed is not kept for the next time")
    progress.tell(f"features of {len(kept)} pictures: {fresh} computed, {len(kept) - fresh} known")
    return Prepared(pictures=kept, values=np.array(rows, dtype=np.float32), unreadable=unreadable)


def _read_cache(file: Path) -> dict[str, Vector]:
    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as arrays:
            return dict(zip(arrays["hashes"].tolist(), arrays["features"], strict=True))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}  # none yet, or damaged: computing anew costs some milliseconds a picture


def _write_cache(file: Path, known: dict[str, Vector]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    np.savez(buffer, hashes=np.array(list(known)), features=np.array(list(known.values()), dtype=np.float32))
    write_whole(file, buffer.getvalue())
