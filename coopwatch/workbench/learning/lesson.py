"""What a training may learn, tune and be measured on: a data set and a rule in; parts, labels and facts out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from coopwatch.errors import DatasetError
from coopwatch.vision.card import Label
from coopwatch.workbench.pictures.dataset import Dataset, Picture
from coopwatch.workbench.pictures.pixels import Prepared
from coopwatch.workbench.pictures.split import Split, SplitRule, split_pictures
from coopwatch.workbench.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A split in which every label has a training picture."""

    split: Split
    labels: tuple[Label, ...]
    strangers: Mapping[str, int]  # labels without a picture to learn from -> test pictures left out
    facts: Mapping[str, Any]  # for the card

    @property
    def names(self) -> list[str]:
        """The labels' names, in the order of the network's outputs."""
        return [label.name for label in self.labels]

    def tell(self, progress: Progress) -> None:
        """Say how the pictures were divided and what a reader of the figures must know."""
        split = self.split
        progress.tell(
            f"split by {split.method}: {len(split.train)} pictures to train, {len(split.validation)} to tune, "
            f"{len(split.test)} never seen for the figures"
        )
        pseudo = sum(picture.origin == "pseudo" for picture in split.train)
        notes = [*split.notes, *([f"{pseudo} of the training pictures were labelled by a model"] if pseudo else [])]
        for label, count in self.strangers.items():
            notes.append(f"{label} has no picture to learn from; its {count} test pictures are left out")
        for note in notes:
            progress.tell(f"note: {note}")


def plan_lesson(dataset: Dataset, prepared: Prepared, rule: SplitRule) -> Lesson:
    """Divide the pictures that decode, and leave out what cannot be learnt.

    Raises:
        DatasetError: fewer than two labels to learn from, or as `split_pictures`.
    """
    split = split_pictures(prepared.pictures, rule)
    known = {picture.label for picture in split.train}
    if len(known) < 2:
        raise DatasetError(
            f"{dataset.name}: received one label to learn from ({', '.join(known)}), expected at least two; "
            "let the training part reach further"
        )
    strangers = Counter(picture.label for picture in split.test if picture.label not in known)
    validation = tuple(picture for picture in split.validation if picture.label in known)
    test = tuple(picture for picture in split.test if picture.label in known)
    if not test:
        raise DatasetError(
            f"{dataset.name}: received {strangers.total()} test pictures, none of a label that is learnt "
            f"({', '.join(sorted(known))}), expected some; let the training part reach further"
        )
    return Lesson(
        split=replace(split, validation=validation, test=test),
        labels=tuple(label for label in dataset.labels if label.name in known),
        strangers=strangers,
        facts={
            "hash": dataset.hash,
            "pictures": len(dataset.pictures),
            "labels": {
                "train": _counts(split.train),
                "validation": _counts(validation),
                "test": _counts(test),
            },
            "pseudo": sum(picture.origin == "pseudo" for picture in split.train),
            "split": split.method,
            "split_seed": rule.seed,
            "notes": list(split.notes),
            "unreadable": len(prepared.unreadable),
            "not_learnt": dict(strangers),
        },
    )


def _counts(pictures: Sequence[Picture]) -> dict[str, int]:
    return dict(sorted(Counter(picture.label for picture in pictures).items()))
