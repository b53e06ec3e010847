"""Unlabelled pictures in; what the default network's backbone sees in each out, kept beside the data set."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from coopwatch.errors import DatasetError
from coopwatch.workbench.export.to_litert import export_litert
from coopwatch.workbench.labelling.batch import Matrix
from coopwatch.workbench.learning.features import compute_features
from coopwatch.workbench.learning.head_on_features import build_frozen
from coopwatch.workbench.networks.registry import find_network
from coopwatch.workbench.networks.weights import default_weights
from coopwatch.workbench.pictures.dataset import Picture
from coopwatch.workbench.progress import Progress

NETWORK = "efficientnet_lite0"  # as `train` takes by itself


def see(pictures: Sequence[Picture], cache: Path, progress: Progress) -> tuple[tuple[Picture, ...], Matrix]:
    """The pictures that decode, and their features, (pictures, features).

    Raises:
        DatasetError: none decodes.
    """
    network = find_network(NETWORK)
    form = network.at_size(None)
    backbone = export_litert(build_frozen(network, form, default_weights(network, "features"), seed=0))
    seen = compute_features(pictures, backbone, form, cache, progress)
    if not seen.pictures:
        raise DatasetError(f"received {len(pictures)} pictures of which none decodes, expected some; name others")
    return seen.pictures, seen.values.astype(np.float32, copy=False)
