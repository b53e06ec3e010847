"""What a program that looks after servers is told."""

import asyncio
import re
import socket
from pathlib import Path

import httpx
import pytest
from fakes.models import TinyNetwork
from fakes.store import FakeStore

from coopwatch.app import Daemon, Terminal
from coopwatch.config.load import load_settings
from coopwatch.pulse import Pulse

CONFIG = """\
timezone: Europe/Berlin
data_dir: data
model: models/tiny
cameras:
  - {{name: first, source: "simulated:?seed=1&speed=5", nests: [{{name: one}}]}}
chat: {{terminal: true}}
monitor: {{port: {port}}}
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def test_health_and_metrics_are_told_on_a_local_port(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    tiny_network.publish(tmp_path / "models" / "tiny")
    (tmp_path / "data").mkdir()
    port = free_port()
    (tmp_path / "coopwatch.yaml").write_text(CONFIG.format(port=port))
    settings = load_settings(tmp_path / "coopwatch.yaml")
    stop = asyncio.Event()
    async with (
        Daemon(FakeStore(), Terminal(write=print), Pulse(tmp_path, environment={}), settings) as daemon,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        assert daemon._monitor is not None
        assert (await daemon._monitor.answer("GET", "/health"))[0] == 503  # no look has ended
        task = asyncio.create_task(daemon.run(stop, None))
        async with asyncio.timeout(60):
            while True:
                if (health := await asked(client, "/health")) is not None and health.status_code == 200:
                    break
                await asyncio.sleep(0)
        assert health.text == "at work\n"
        metrics = (await client.get("/metrics")).text
        assert value(metrics, "coopwatch_up") == 1
        assert value(metrics, "coopwatch_classifications_total") >= 1
        assert value(metrics, 'coopwatch_looks_total{camera="first"}') >= 1
        assert value(metrics, 'coopwatch_camera_lag_seconds{camera="first"}') == 0
        assert value(metrics, 'coopwatch_camera_trouble{camera="first"}') == 0
        assert value(metrics, "coopwatch_disk_free_bytes") > 0
        assert value(metrics, "coopwatch_outbox_waiting") == 0
        assert value(metrics, 'coopwatch_memory_bytes{process="daemon"}') > 1e7
        assert (await client.get("/elsewhere")).status_code == 404
        assert (await client.post("/metrics")).status_code == 405
        stop.set()
        await task


async def asked(client: httpx.AsyncClient, path: str) -> httpx.Response | None:
    try:
        return await client.get(path)
    except httpx.ConnectError:
        return None  # not yet


def value(metrics: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", metrics, re.MULTILINE)
    if found is None:
        pytest.fail(f"no {name} in {metrics}")
    return float(found[1])
