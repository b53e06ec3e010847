"""The demo's config must name the nests and hens as the simulator draws them."""

from pathlib import Path

import yaml

from coopwatch.config.settings import Settings
from coopwatch.config.simulated import SimulatedSource
from coopwatch.simulator.hens import HENS
from coopwatch.simulator.nest_box import REGIONS

DEMO = Path(__file__).resolve().parents[2] / "config" / "coopwatch.demo.yaml"


def test_the_demo_config_fits_the_simulated_coop() -> None:
    settings = Settings.model_validate(yaml.safe_load(DEMO.read_text(encoding="utf-8")))
    (camera,) = settings.cameras
    assert {nest.name: nest.region for nest in camera.nests} == REGIONS
    assert set(settings.hens) == set(HENS)
    assert SimulatedSource.parse(camera.source) == SimulatedSource(seed=7, speed=720)
