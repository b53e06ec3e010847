"""The registry in, its table for the documentation out; `python -m coopwatch.workbench.networks.table` prints it."""

import sys
from collections.abc import Iterable

import keras

from coopwatch.workbench.networks.network import Network
from coopwatch.workbench.networks.registry import NETWORKS

_LABELS = 11  # as the main article's coop has
_HEAD = ("network", "input, height x width", "smallest side", "parameters", "ways, the default first", "described in")


def networks_table(networks: Iterable[Network]) -> list[str]:
    """The lines of a Markdown table; parameters are those of the whole network with a softmax over 11 labels."""
    rows = [_HEAD, ("---",) * len(_HEAD), *map(_row, networks)]
    return [f"| {' | '.join(row)} |" for row in rows]


def _row(network: Network) -> tuple[str, ...]:
    with keras.StatelessScope():  # counted without making the numbers
        parameters = network.build(network.input, _LABELS).count_params()
    ways = sorted(network.ways, key=lambda way: way != network.way)
    return (
        f"`{network.name}`",
        f"{network.input.height} x {network.input.width}",
        str(network.smallest),
        f"{parameters:,}",
        ", ".join(ways),
        network.source,
    )


if __name__ == "__main__":
    sys.stdout.write("\n".join(networks_table(NETWORKS.values())) + "\n")
