"""The reference net with fresh weights as a model folder: what it costs does not hang on what it learnt."""

from datetime import UTC, datetime
from pathlib import Path

import keras

from coopwatch.vision.card import ModelCard, ModelFolder
from coopwatch.vision.model_files import MODEL_FILE
from coopwatch.vision.publish import publish_model
from coopwatch.workbench.export.to_litert import export_litert
from coopwatch.workbench.networks.neurocoop import NEUROCOOP
from coopwatch.workbench.pictures.roles import make_labels

_LABELS = "back_spot beauty dirty egg empty light_back ordinary psycho red_star red_twin young_long"


def publish_reference(model: Path) -> ModelFolder:
    """Build, export and publish `neurocoop` at 400x800 with 11 labels, the size that was deployed; takes a minute."""
    keras.utils.set_random_seed(0)
    labels = make_labels(set(_LABELS.split()), {})
    network = NEUROCOOP.build(NEUROCOOP.input, len(labels))
    card = ModelCard(
        name="reference",
        version="untrained",
        network=NEUROCOOP.name,
        created=datetime(2026, 11, 22, tzinfo=UTC),
        labels=labels,
        input=NEUROCOOP.input,
        files={},
    )
    return publish_model(model, card, {MODEL_FILE: export_litert(network)})
