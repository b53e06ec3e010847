"""The folder that a recording is written to: kept free of anything but one order's output."""

import json
import re
from dataclasses import asdict
from pathlib import Path

from coopwatch.core.event_json import time_to_json
from coopwatch.errors import UserMustActError
from coopwatch.simulator.recording import CROPS_FOLDER, TRUTH_FILE, Order

ORDER_FILE = "simulation.json"
_PICTURE = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(\.\d{6})?Z\.jpg")


def prepare_folder(out: Path, order: Order) -> None:
    """Make the folder and note the order in it.

    Raises:
        UserMustActError: it cannot be made, or holds anything but earlier output of the same order.
    """
    noted = json.dumps(
        {**asdict(order), "start": time_to_json(order.start), "every": order.every.total_seconds()}, indent=2
    )
    try:
        out.mkdir(parents=True, exist_ok=True)
        names = sorted(path.name for path in out.iterdir())
        if names and not _is_of(order_file=out / ORDER_FILE, noted=noted, names=names):
            raise UserMustActError(
                f"--out {out}: received a folder that holds {names[0]}, expected an empty one or earlier output of "
                "the same command; name another folder, or empty this one"
            )
        (out / ORDER_FILE).write_text(noted, encoding="utf-8")
    except OSError as error:
        raise UserMustActError(
            f"--out {out}: received {error.strerror}, expected a folder that can be written; name another"
        ) from error


def _is_of(*, order_file: Path, noted: str, names: list[str]) -> bool:
    ours = {ORDER_FILE, TRUTH_FILE, CROPS_FOLDER}
    same = order_file.is_file() and order_file.read_text(encoding="utf-8", errors="replace") == noted
    return same and all(name in ours or _PICTURE.fullmatch(name) for name in names)
