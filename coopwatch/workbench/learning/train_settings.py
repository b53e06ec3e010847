"""Everything that decides what a training gives, beside the pictures; what is left open is filled by the network."""

from dataclasses import dataclass, field, replace

from coopwatch.errors import UserMustActError
from coopwatch.workbench.learning.descent import DescentSettings
from coopwatch.workbench.networks.network import WayName
from coopwatch.workbench.networks.registry import find_network
from coopwatch.workbench.networks.weights import default_weights, require_weights
from coopwatch.workbench.pictures.split import SplitRule

DEFAULT_NETWORK = "efficientnet_lite0"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainSettings:
    """What is asked of a training; None: the network's own."""

    network: str = DEFAULT_NETWORK
    way: WayName | None = None
    weights: str | None = None  # imagenet, random, or a file
    size: tuple[int, int] | None = None  # height, width
    seed: int = 0
    split: SplitRule = field(default_factory=SplitRule)
    descent: DescentSettings = field(default_factory=DescentSettings)  # the ways scratch, frozen, finetune
    pseudo_share: float = 0.25  # of what is learnt from, where a model labelled some pictures
    keep_keras: bool = True  # `model.keras` beside the export
    learning_curve: bool = False  # also tell whether more photos would help; of the way features


def settle(settings: TrainSettings) -> TrainSettings:
    """The settings with nothing left open.

    Raises:
        UserMustActError: no such network, or one that cannot be trained so.
        ModelError: weights that are none.
    """
    network = find_network(settings.network)
    way = settings.way or network.way
    if way not in network.ways:
        raise UserMustActError(
            f"--way: received {way} for {network.name}, which has no part that was learnt elsewhere, expected "
            f"{', '.join(network.ways)}; name a backbone such as {DEFAULT_NETWORK}, or leave --way out"
        )
    form = network.at_size(settings.size)
    if settings.learning_curve and way != "features":
        raise UserMustActError(
            f"--learning-curve: received {network.name}, which is learnt as a whole, expected a head on a frozen "
            "backbone; leave --network and --way out"
        )
    weights = settings.weights or default_weights(network, way)
    require_weights(network, way, weights)
    return replace(settings, way=way, weights=weights, size=(form.height, form.width))
