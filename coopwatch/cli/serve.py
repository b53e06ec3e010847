"""A model's folder in; what answers as the service does, for commands that measure or ask it, out."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coopwatch.vision.card import ModelFolder
    from coopwatch.vision.probe import Predict


def serve(folder: "ModelFolder") -> "Predict":
    """The model as the service runs it: LiteRT, on one thread, in this process.

    Raises:
        ModelError: the files are damaged, or do not fit the card.
    """
    from coopwatch.inference.engines.engine import build_engine
    from coopwatch.inference.plan import Plan
    from coopwatch.workbench.quiet import quiet_natives

    with quiet_natives():
        return build_engine(Plan.of(folder, "litert")).predict
