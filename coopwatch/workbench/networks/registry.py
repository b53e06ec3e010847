"""The table of networks: a name in, a network out."""

from coopwatch.errors import UserMustActError
from coopwatch.workbench.networks.applications import MOBILENET, MOBILENET_V2, RESNET50, VGG16, XCEPTION
from coopwatch.workbench.networks.dense import LINEAR, MYNET, MYNET_500, SIMPLE_NN
from coopwatch.workbench.networks.efficientnet_lite0 import EFFICIENTNET_LITE0
from coopwatch.workbench.networks.network import Network
from coopwatch.workbench.networks.neurocoop import NEUROCOOP, NEUROCOOP_DROPOUT
from coopwatch.workbench.networks.smallvgg import SMALLVGG

_ALL = (
    *(EFFICIENTNET_LITE0, MOBILENET, MOBILENET_V2, RESNET50, VGG16, XCEPTION),
    *(NEUROCOOP, NEUROCOOP_DROPOUT, LINEAR, SIMPLE_NN, MYNET, MYNET_500, SMALLVGG),
)

NETWORKS = {network.name: network for network in _ALL}


def find_network(name: str) -> Network:
    """The network of that name.

    Raises:
        UserMustActError: no such network; the text lists them all.
    """
    if name not in NETWORKS:
        raise UserMustActError(
            f"--network: received {name}, expected one of {', '.join(NETWORKS)}; choose one of these"
        )
    return NETWORKS[name]
