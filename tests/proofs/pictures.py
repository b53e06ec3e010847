"""Real pictures for the proofs of the workbench: a folder of ../shared/data in, a small data set of links out."""

import sys
from pathlib import Path

REAL_DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def link_some(source: str, folder: Path, each: int) -> Path:
    """`folder/<label>/` with links to at most `each` pictures a label, evenly chosen; without any the proof ends."""
    if not (REAL_DATA / source).is_dir():
        sys.exit(f"{REAL_DATA / source}: received no such folder, expected the real pictures; nothing was measured")
    for label in sorted(path for path in (REAL_DATA / source).iterdir() if path.is_dir()):
        pictures = sorted(path for path in label.iterdir() if path.is_file())
        (folder / label.name).mkdir(parents=True)
        for picture in pictures[:: -(-len(pictures) // each)]:
            (folder / label.name / picture.name).symlink_to(picture)
    return folder
