"""What a report is made from, with answers that are spelt out as letters."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fakes.models import tiny_card

from coopwatch.vision.light_mode import LightMode
from coopwatch.workbench.answer import Answer
from coopwatch.workbench.figures.evaluate import Evaluation
from coopwatch.workbench.figures.learning_curve import LearningPoint
from coopwatch.workbench.figures.metrics import measure
from coopwatch.workbench.report.subject import Subject
from coopwatch.workbench.run_folder import Run, Step

CURVE = (
    LearningPoint(photos=1, learnt_from=3, right=(3, 5), count=9),
    LearningPoint(photos=5, learnt_from=15, right=(9,), count=9),
)
DAY = datetime(2026, 6, 21, 12, tzinfo=UTC)


def answer(
    true: str,
    given: str,
    certainty: float = 0.8,
    *,
    file: Path | None = None,
    labels: Sequence[str] = ("red_twin", "egg", "empty"),
    light: LightMode | None = LightMode.COLOUR,
) -> Answer:
    """A picture of `true` that the model calls `given`, so surely."""
    rest = (1 - certainty) / max(1, len(labels) - 1)
    return Answer(
        file=file or Path(f"photos/{true}/{given}.jpg"),
        label=true,
        probabilities={name: certainty if name == given else rest for name in labels},
        light=light,
    )


def subject(answers: Sequence[Answer] = (), *, run: Run | None = None, **changes: Any) -> Subject:
    """A report on these answers by the tiny model, as after a training."""
    photos = {"train": {"red_twin": 30, "egg": 40, "empty": 40}, "validation": {}, "test": {}}
    card = tiny_card().model_copy(
        update={
            "data": {"labels": photos, "hash": "ab" * 32, "split": "day", "pictures": 110},
            "training": {"way": "scratch"},
            **changes.pop("card", {}),
        }
    )
    return Subject(
        card=card,
        evaluation=Evaluation(answers=tuple(answers), figures=measure(answers, unknown_below=0.3), unreadable=()),
        tested_on="photos",
        made_at=DAY,
        run=run,
        is_unseen=True,
        **changes,
    )


def run(**changes: Any) -> Run:
    """The record of a training from nothing, with curves."""
    facts: dict[str, Any] = {
        "model": "tiny",
        "version": "1",
        "network": "tiny",
        "way": "scratch",
        "weights": "random",
        "began": DAY,
        "sources": ("photos",),
        "settings": {"batch_size": 16},
        "seed": 3,
        "data": {},
        "environment": {"cores": 2, "memory_gb": None, "versions": {"keras": "3.15.1"}},
        "steps": (Step(name="fit", seconds=1.5),),
        "curves": {
            "loss": (2.0, 1.0, 0.7),
            "accuracy": (0.3, 0.6, 0.7),
            "val_loss": (2.1, 1.4, 1.5),
            "val_accuracy": (0.2, 0.65, 0.6),
        },
        "epochs": 3,
        "best_epoch": 2,
        "stopped": "the validation loss did not fall for 1 epochs",
        "parameters": 10,
        "trainable": 8,
    }
    return Run(**{**facts, **changes})
