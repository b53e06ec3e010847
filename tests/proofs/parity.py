"""Every network of the registry, trained briefly on real pictures: does its export answer alike? `make proof-parity`.

Backbones whose ImageNet weights are neither here nor to be had begin with random ones: the export is checked all the
same.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from proofs.pictures import link_some

from coopwatch.clock import SystemClock
from coopwatch.errors import CoopwatchError, UserMustActError
from coopwatch.inference.engines.litert import LiteRTEngine
from coopwatch.inference.plan import Plan
from coopwatch.vision.card import ModelFolder
from coopwatch.vision.probe import Predict
from coopwatch.workbench.learning.descent import DescentSettings
from coopwatch.workbench.learning.train import train_model
from coopwatch.workbench.learning.train_settings import TrainSettings
from coopwatch.workbench.networks.registry import NETWORKS
from coopwatch.workbench.pictures.dataset import Dataset, read_dataset
from coopwatch.workbench.progress import open_progress
from coopwatch.workbench.quiet import quiet_natives

EACH = 80  # pictures of each of the three animals
SIZES = {"neurocoop": (200, 400), "neurocoop_dropout": (200, 400), "xception": (150, 150)}  # to be done in minutes


def main() -> None:
    """Print a row a network; exit with 1 if an export was refused."""
    names = sys.argv[1:] or list(NETWORKS)
    with TemporaryDirectory() as folder:
        dataset = read_dataset([link_some("animals", Path(folder) / "pictures", EACH)])
        rows = []
        for name in names:
            rows.append(_row(name, dataset, Path(folder) / "models"))
            print(rows[-1], flush=True)  # noqa: T201 (a proof prints)
    print("\n| network | way, weights | pictures | named alike | largest difference | exported |")  # noqa: T201
    print("|---|---|---|---|---|---|", *rows, sep="\n")  # noqa: T201
    sys.exit(any("refused" in row for row in rows))


def _row(name: str, dataset: Dataset, models: Path) -> str:
    for settings in _attempts(name):
        try:
            with open_progress() as progress:
                published, _ = train_model(
                    dataset, models / name, settings, serve=_serve, clock=SystemClock(), progress=progress
                )
        except UserMustActError as error:
            if "--weights imagenet" in str(error):
                continue
            return f"| {name} | | | refused: {error} | | |"
        except CoopwatchError as error:
            return f"| {name} | | | refused: {error} | | |"
        card = published.card
        parity = card.metrics["parity"]
        size = sum((published.path / file).stat().st_size for file in card.files) / 1e6
        return (
            f"| {name} | {card.training['way']}, {card.training['weights']} | {parity['count']} | {parity['same']} | "
            f"{parity['largest_difference']} | {size:.1f} MB |"
        )
    raise AssertionError("random weights are always to be had")


def _attempts(name: str) -> Iterator[TrainSettings]:
    # Long enough that few answers are near ties, which say nothing of an export.
    rate = 0.01 if NETWORKS[name].optimizer == "sgd" else 0.001
    descent = DescentSettings(epochs=6, learning_rate=rate)
    common = {"network": name, "size": SIZES.get(name), "descent": descent, "keep_keras": False}
    yield TrainSettings(**common)
    yield TrainSettings(**common, weights="random")


def _serve(folder: ModelFolder) -> Predict:
    with quiet_natives():
        return LiteRTEngine(Plan.of(folder, "litert")).predict


if __name__ == "__main__":
    main()
