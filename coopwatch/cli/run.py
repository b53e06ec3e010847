"""`coopwatch run`: the daemon, from camera to chat, until Ctrl-C or SIGTERM."""

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coopwatch.errors import CoopwatchError
from coopwatch.logs import LogForm

if TYPE_CHECKING:
    import asyncio

    from coopwatch.app import Comparison, Terminal
    from coopwatch.config.saved import SavedFile
    from coopwatch.config.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run")(run)


def run(
    config: Annotated[Path, typer.Option("--config", help="The config file.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print each event as a JSON object a line.")] = False,
    log: Annotated[LogForm, typer.Option("--log", help="What a line of the log looks like.")] = LogForm.AUTO,
) -> None:
    """Watch the cameras and tell what happens, until Ctrl-C."""
    _wait_with_reloads()
    import asyncio

    from coopwatch.app import Terminal
    from coopwatch.config.load import load_settings
    from coopwatch.config.saved import SavedFile
    from coopwatch.logs import set_up_logs

    set_up_logs(form=log)
    _leave_no_core()
    _give_memory_back()
    saved = SavedFile(config)  # first: what is saved while it is read must not pass unseen
    settings = load_settings(config)
    cameras = ", ".join(camera.name for camera in settings.cameras)
    logging.getLogger(__name__).info("Starting; cameras: %s; Ctrl-C ends", cameras)
    terminal = Terminal(write=_write, as_json=as_json, colour=sys.stdout.isatty() and not as_json)
    try:
        comparison = asyncio.run(_until_signal(settings, terminal, saved))
    except* CoopwatchError as group:
        raise _first(group) from group
    if comparison is not None and not as_json:
        _print_comparison(comparison)


def _wait_with_reloads() -> None:
    """Let a SIGHUP that comes before the config is read do nothing: it would end the process."""
    import signal

    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def _leave_no_core() -> None:
    """Let neither this process nor its children leave their memory on the disk when they crash: it holds secrets."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _give_memory_back() -> None:
    """Tell glibc's allocator to give pictures back when they are freed, and to keep two heaps and not one a thread.

    By itself it keeps the place of the largest picture it ever freed: with four cameras of 1080p, 290 MB and growing
    in the place of 200.
    """
    import ctypes

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # no other system's library has it
    if mallopt is not None:
        mallopt(-3, 2**20)  # M_MMAP_THRESHOLD, bytes
        mallopt(-8, 2)  # M_ARENA_MAX


async def _until_signal(settings: "Settings", terminal: "Terminal", saved: "SavedFile") -> "Comparison | None":
    """Stop gently at the first SIGINT or SIGTERM, a second one ends at once; SIGHUP reads the config anew."""
    import asyncio
    import signal

    from coopwatch import app

    stop = asyncio.Event()
    _stop_at_signal(stop)
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, saved.ask)
    return await app.run(settings, terminal=terminal, stop=stop, saved=saved)


def _stop_at_signal(stop: "asyncio.Event") -> None:
    import asyncio
    import signal

    loop = asyncio.get_running_loop()

    def first() -> None:
        stop.set()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, first)


def _write(line: str) -> None:
    print(line, flush=True)  # noqa: T201 (the terminal stands in the place of the chat)


def _first(group: BaseExceptionGroup[CoopwatchError]) -> CoopwatchError:
    """The error that a person is told; the others came of it."""
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error


def _print_comparison(comparison: "Comparison") -> None:
    """A table of what was told beside what was true."""
    from rich.console import Console
    from rich.table import Table

    from coopwatch.core.score import score

    scores = score(comparison.told, comparison.true)
    hours = comparison.watched.total_seconds() / 3600
    table = Table(title=f"Told against the simulated truth, {hours:.1f} h of the coop's time")
    for heading in ("event", "true", "told", "right", "precision", "recall", "median delay"):
        table.add_column(heading, justify="left" if heading == "event" else "right")
    for kind, one in scores.kinds.items():
        delay = "-" if one.median_delay is None else f"{one.median_delay.total_seconds():.0f} s"
        counts = (str(number) for number in (one.true, one.told, one.matched))
        table.add_row(kind, *counts, _share(one.precision), _share(one.recall), delay)
    Console().print(table)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
