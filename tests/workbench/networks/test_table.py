from pathlib import Path

from coopwatch.workbench.networks.registry import NETWORKS
from coopwatch.workbench.networks.table import networks_table

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "networks.md"


def test_the_page_of_networks_holds_the_registry() -> None:
    assert "\n".join(networks_table(NETWORKS.values())) in PAGE.read_text(encoding="utf-8")
