"""The smallest export that answers as the trained network does: forms of its files in, the first that passes out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras

from coopwatch.vision.card import ModelCard
from coopwatch.vision.probe import Predict, Serve
from coopwatch.vision.publish import publish_model
from coopwatch.workbench.export.parity import Parity, compare_export, require_parity
from coopwatch.workbench.pictures.dataset import Picture
from coopwatch.workbench.progress import Progress

Form = Callable[[], Mapping[str, bytes]]
"""Makes the files of a model in one form, such as with 8-bit weights."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CheckedExport:
    """Files that answer as the network does."""

    files: Mapping[str, bytes]
    predict: Predict  # served by these files, in the folder of the check
    parity: Parity


def check_export(
    model: keras.Model,
    forms: Sequence[Form],
    card: ModelCard,
    pictures: Sequence[Picture],
    *,
    folder: Path,
    serve: Serve,
    progress: Progress,
    kind: str = "pictures",  # what a reader is told that they are
) -> CheckedExport:
    """Try the forms, smallest first, on the pictures; `folder` holds them while they are asked.

    Raises:
        ModelError: none of them names the pictures as the network does.
    """
    for number, form in enumerate(forms, start=1):
        files = form()
        predict = serve(publish_model(folder / str(number), card, files))
        parity = compare_export(model, predict, pictures, card.input, card.temperature, progress)
        if parity.suffices or number == len(forms):
            break
        progress.tell(
            f"the export with 8-bit weights names {parity.same} of {parity.count} {kind} as the network does: "
            "too few; they stay 32-bit numbers"
        )
    require_parity(parity)
    progress.tell(
        f"the export names {parity.same} of {parity.count} {kind} as the trained network does, "
        f"its probabilities differ by at most {parity.largest_difference:.3f}"
    )
    return CheckedExport(files=files, predict=predict, parity=parity)
