"""Files and folders of pictures that nobody labelled in; each picture once out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from coopwatch.errors import DatasetError
from coopwatch.workbench.pictures.dataset import Picture, picture_at
from coopwatch.workbench.pictures.label_folders import picture_files
from coopwatch.workbench.pictures.record import printable
from coopwatch.workbench.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlabelled:
    """Pictures without a label."""

    pictures: tuple[Picture, ...]  # the same bytes once
    nameless: tuple[Path, ...]  # set aside: their names are no text


def list_unlabelled(paths: Sequence[Path], zone: tzinfo, progress: Progress) -> Unlabelled:
    """The pictures of folders, with what is in them, and of single files; none is decoded yet.

    Raises:
        DatasetError: nothing there, or no pictures.
    """
    if missing := next((path for path in paths if not path.exists()), None):
        raise DatasetError(f"{missing}: received nothing there, expected pictures; correct the path")
    files = [file for path in paths for file in (picture_files(path) if path.is_dir() else [path])]
    if not files:
        raise DatasetError(f"{', '.join(map(str, paths))}: received no pictures, expected some; name another folder")
    nameless = [file for file in files if str(file.absolute()) != printable(str(file.absolute()))]
    for file in nameless:
        progress.tell(f"set aside: {printable(str(file))}: its name is no text and fits in no table; rename it")
    pictures = [picture_at(file, "", zone=zone) for file in files if file not in nameless]
    every = {picture.sha256 or str(picture.path): picture for picture in pictures}
    return Unlabelled(pictures=tuple(every.values()), nameless=tuple(nameless))
