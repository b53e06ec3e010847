"""A page for programs that look after servers: the running parts in; `/health` and `/metrics` over HTTP out."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coopwatch.clock import Clock
from coopwatch.config.settings import MonitorSettings
from coopwatch.errors import StoreError, UserMustActError
from coopwatch.overview import Overview
from coopwatch.ports import Store

if TYPE_CHECKING:
    from prometheus_client import Metric

LONGEST_REQUEST = 8192  # bytes
PATIENCE = 5.0  # seconds for a request to come in
COUNTED = 1000  # messages that wait, at most
_STATUS = {200: "OK", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """Answers while the daemon's loop runs, so that no answer is one too."""

    settings: MonitorSettings
    overview: Overview
    store: Store
    clock: Clock

    async def run(self) -> None:
        """Answer for ever.

        Raises:
            UserMustActError: the port cannot be had.
        """
        host, port = self.settings.host, self.settings.port
        try:
            server = await asyncio.start_server(self._serve, host, port, limit=LONGEST_REQUEST)
        except OSError as error:
            raise UserMustActError(
                f"monitor: received {host}:{port}, which cannot be had ({error.strerror}), expected a free port "
                "of this machine; choose another"
            ) from error
        async with server:
            await server.serve_forever()

    async def answer(self, method: str, path: str) -> tuple[int, str, str]:
        """Status, type and text of the answer to a request."""
        if method not in ("GET", "HEAD"):
            return 405, "text/plain", "only GET\n"
        match path.partition("?")[0]:
            case "/health":
                trouble = self.overview.rounds.trouble()
                return (503, "text/plain", f"{trouble}\n") if trouble else (200, "text/plain", "at work\n")
            case "/metrics":
                return 200, "text/plain; version=0.0.4; charset=utf-8", await self._metrics()
        return 404, "text/plain", "/health or /metrics\n"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
                method, path, *_ = [*head.decode("latin-1").split("\r\n", 1)[0].split(" "), "", ""]
                status, kind, text = await self.answer(method, path)
                body = text.encode()
                lines = (f"HTTP/1.1 {status} {_STATUS[status]}", f"Content-Type: {kind}",
                         f"Content-Length: {len(body)}", "Connection: close", "", "")  # fmt: skip
                writer.write("\r\n".join(lines).encode() + body * (method != "HEAD"))
                await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever asked has gone, or never said what for
        finally:
            writer.close()

    async def _metrics(self) -> str:
        from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415 (0.1 s, for this page alone)

        waiting, age = await self._outbox()
        memory = await asyncio.to_thread(lambda: [*_memory()])
        metrics = [
            *self._parts(),
            *_gauges(
                ("outbox_waiting", "Messages due that wait, at most 1000", waiting),
                ("outbox_age_seconds", "Age of the oldest of them", age),
            ),
            _family("memory_bytes", "Resident memory of the daemon and its children", "process", memory),
        ]

        class Fixed:
            def collect(self) -> list["Metric"]:
                return metrics

        registry = CollectorRegistry(auto_describe=False)
        registry.register(Fixed())
        return generate_latest(registry).decode()

    async def _outbox(self) -> tuple[float, float]:
        try:
            unsent = await self.store.unsent(self.clock.now(), COUNTED)
        except StoreError:
            return float("nan"), float("nan")  # /health and the log tell of it
        oldest = min((message.event.told_at for message in unsent), default=None)
        return len(unsent), 0.0 if oldest is None else (self.clock.now() - oldest).total_seconds()

    def _parts(self) -> Iterator["Metric"]:
        classifier, service, rounds = self.overview.classifier, self.overview.service(), [*self.overview.rounds]
        free = float("nan") if service.free_bytes is None else service.free_bytes
        yield from _gauges(
            ("up", f"Whether the heart beats; version {service.version}", not self.overview.rounds.trouble()),
            ("worker_up", "Whether the inference worker answers", service.worker_answers),
            ("worker_queue", "Crops that wait for the inference worker", classifier.waiting),
            ("disk_free_bytes", "Free room on the disk of the data folder", free),
        )
        yield from _counters(
            ("worker_restarts", "Inference workers that were replaced", service.worker_restarts),
            ("classifications", "Crops classified", classifier.classifications),
            ("classification_seconds", "Time that was waited for them", classifier.seconds),
        )
        looks = [(one.watch.name, float(one.looks)) for one in rounds]
        seconds = [(one.watch.name, one.seconds) for one in rounds]
        yield _family("looks", "Looks through a camera", "camera", looks, counter=True)
        yield _family("look_seconds", "Time that they took", "camera", seconds, counter=True)
        now = self.clock.now()
        ages = [(one.watch.name, (now - at).total_seconds()) for one in rounds if (at := one.watch.seen_at) is not None]
        yield _family("frame_age_seconds", "Age of the newest frame that was classified", "camera", ages)
        lags = [(one.watch.name, one.watch.status().lag.total_seconds()) for one in rounds]
        yield _family("camera_lag_seconds", "How far the camera's stream lies behind its own best", "camera", lags)
        troubles = [(one.watch.name, float(bool(one.watch.status().trouble))) for one in rounds]
        yield _family("camera_trouble", "Whether the camera gives nothing to look at", "camera", troubles)


def _gauges(*rows: tuple[str, str, float]) -> Iterator["Metric"]:
    from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415 (see above)

    yield from (GaugeMetricFamily(f"coopwatch_{name}", text, value) for name, text, value in rows)


def _counters(*rows: tuple[str, str, float]) -> Iterator["Metric"]:
    from prometheus_client.core import CounterMetricFamily  # noqa: PLC0415 (see above)

    yield from (CounterMetricFamily(f"coopwatch_{name}", text, value) for name, text, value in rows)


def _family(name: str, text: str, label: str, rows: list[tuple[str, float]], *, counter: bool = False) -> "Metric":
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily  # noqa: PLC0415 (see above)

    family = (CounterMetricFamily if counter else GaugeMetricFamily)(f"coopwatch_{name}", text, labels=[label])
    for one, value in rows:
        family.add_metric([one], value)
    return family


def _memory() -> Iterator[tuple[str, float]]:
    """Resident bytes of this process and of its children; nothing on a system that does not tell."""
    page = os.sysconf("SC_PAGE_SIZE")
    for pid in (os.getpid(), *_children()):
        try:
            resident = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        except (OSError, IndexError):
            continue  # it has just ended
        yield "daemon" if pid == os.getpid() else f"child {pid}", float(resident * page)


def _children() -> list[int]:
    found = []
    for file in Path("/proc/self/task").glob("*/children"):
        try:
            found += [int(pid) for pid in file.read_text(encoding="ascii").split()]
        except OSError:
            continue  # the thread has just ended
    return found
