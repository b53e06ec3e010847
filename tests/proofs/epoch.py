"""Seconds an epoch of `neurocoop` at 400x800: our pipeline against a plain Keras loop. `make proof-epoch`.

The plain loop is that of the articles: Keras' own ImageDataGenerator decodes, resizes and augments each picture anew
in every epoch. Both train the same network in the same batches, in turns, in one process.
"""

import os
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras.src.legacy.preprocessing.image import ImageDataGenerator  # gone from Keras' public names, as used as ever
from proofs.pictures import link_some

from coopwatch.workbench.learning.augment import find_augmentation
from coopwatch.workbench.learning.batches import Batches
from coopwatch.workbench.networks.neurocoop import NEUROCOOP
from coopwatch.workbench.pictures.dataset import read_dataset
from coopwatch.workbench.pictures.pixels import decode_all
from coopwatch.workbench.progress import Silent

EACH = 8  # pictures of each label of the nest box
EPOCHS = 6  # the first of each is not counted: Keras builds its graph
BATCH = 16


def main() -> None:
    """Print the medians and their ratio."""
    with TemporaryDirectory() as folder:
        photos = link_some("nestbox/crops", Path(folder) / "photos", EACH)
        dataset = read_dataset([photos])
        form, labels = NEUROCOOP.input, len(dataset.labels)
        plain = ImageDataGenerator(
            rotation_range=90, width_shift_range=0.05, height_shift_range=0.05, shear_range=0.2, zoom_range=0.2,
            fill_mode="constant", rescale=1 / 255,
        ).flow_from_directory(str(photos), target_size=(form.height, form.width), batch_size=BATCH, seed=0)  # fmt: skip
        began = time.perf_counter()
        prepared = decode_all(dataset.pictures, form, Silent())
        decoding = time.perf_counter() - began
        names = [label.name for label in dataset.labels]
        true = [names.index(picture.label) for picture in prepared.pictures]
        ours = Batches(
            prepared.values.astype(np.uint8, copy=False),
            np.eye(labels, dtype=np.float32)[true],
            form=form,
            batch_size=BATCH,
            seed=0,
            recipe=find_augmentation("neurocoop"),
        )
        seconds: defaultdict[str, list[float]] = defaultdict(list)
        ways = {"plain": (_model(labels), plain), "ours": (_model(labels), ours)}
        for _ in range(EPOCHS):  # by turns, so that both meet the same load
            for name, (model, batches) in ways.items():
                began = time.perf_counter()
                model.fit(batches, epochs=1, verbose=0, shuffle=False)
                seconds[name].append(time.perf_counter() - began)
                began = time.perf_counter()
                for index in range(len(batches)):
                    batches[index]
                seconds[f"feeding alone, {name}"].append(time.perf_counter() - began)
    medians = {name: statistics.median(values[1:]) for name, values in seconds.items()}
    print(f"{len(true)} pictures, batches of {BATCH}, {form.height}x{form.width}; median of {EPOCHS - 1} epochs")  # noqa: T201
    for name, value in medians.items():
        print(f"  {name}: {value:.2f} s an epoch")  # noqa: T201 (a proof prints)
    print(f"  decoding once, ours: {decoding:.2f} s")  # noqa: T201
    print(f"ratio: {medians['ours'] / medians['plain']:.2f} (aim: 0.5 or less)")  # noqa: T201
    sys.exit(medians["ours"] > 0.5 * medians["plain"])


def _model(labels: int) -> keras.Model:
    model = NEUROCOOP.build(NEUROCOOP.input, labels)
    model.compile(keras.optimizers.Adam(1e-4), loss="categorical_crossentropy", metrics=["accuracy"])
    return model


if __name__ == "__main__":
    main()
