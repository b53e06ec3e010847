"""Writes `report.html` and `report.json`: a subject in, the page's path out."""

import json
from pathlib import Path
from typing import Any

from pydantic_core import to_jsonable_python

from coopwatch.errors import UserMustActError
from coopwatch.vision.whole_file import write_whole
from coopwatch.workbench.report.advice import advise
from coopwatch.workbench.report.page import MOST_MISTAKES, render_page
from coopwatch.workbench.report.smooth import smooth
from coopwatch.workbench.report.subject import Subject
from coopwatch.workbench.report.thumbnails import thumbnail

PAGE_FILE = "report.html"
JSON_FILE = "report.json"


def write_report(folder: Path, subject: Subject) -> Path:
    """Write the page and its figures to the folder, in the place of older ones; the page's path.

    Raises:
        UserMustActError: the folder cannot be written.
    """
    texts = {PAGE_FILE: render_page(subject, thumbnail), JSON_FILE: json.dumps(report_json(subject), indent=1)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            write_whole(folder / name, text.encode())
    except OSError as error:
        raise UserMustActError(
            f"{folder}: received {error.strerror}, expected a folder with room for a report; name another or free space"
        ) from error
    return folder / PAGE_FILE


def report_json(subject: Subject) -> dict[str, Any]:
    """The same for programs."""
    card, run = subject.card, subject.run
    curves = run.curves if run else {}
    return {
        "format": 1,
        "model": card.name,
        "version": card.version,
        "network": card.network,
        "made_at": subject.made_at.isoformat(),
        "tested_on": subject.tested_on,
        "unseen": subject.is_unseen,
        **subject.evaluation.figures.as_json(),
        "photos": dict(subject.photos),
        "unreadable": [str(file) for file in subject.evaluation.unreadable],
        "notes": list(subject.notes),
        "advice": list(advise(subject)),
        "mistakes": [
            {
                "file": str(answer.file),
                "label": answer.label,
                "given": answer.given,
                "probability": round(answer.certainty, 4),
            }
            for answer in subject.mistakes[:MOST_MISTAKES]
        ],
        "learning_curve": [to_jsonable_python(point) for point in subject.learning],
        "curves": {name: {"raw": list(values), "smoothed": list(smooth(values))} for name, values in curves.items()},
        "run": run.model_dump(mode="json", exclude={"answers", "curves", "learnt"}) if run else None,
        "data": dict(card.data),
    }
