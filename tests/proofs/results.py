"""The articles' results beside ours: real pictures in, a table of right answers out. `make results`, an hour.

Each row is one `coopwatch train` as a keeper would type it. A row whose model lies in `build/results` already is read,
not trained again. The table goes into docs/results.md between its marks. Where rows are named (`make results
ROWS="cracks-smallvgg"`), after a change to one network, the others stay on the page as they were measured.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from coopwatch.vision.card import ModelCard, load_model_folder
from coopwatch.workbench.share import Share

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
OUT = ROOT / "build" / "results"
PAGE = ROOT / "docs" / "results.md"
COOPWATCH = Path(sys.executable).parent / "coopwatch"
MARKS = ("<!-- made by make results -->\n", "<!-- end -->\n")

SEVENTY_FIVE = ("--epochs", "75", "--patience", "75", "--batch-size", "32")  # epochs of article E, without a stop
NESTS = ("--train-until", "2016-06-19", "--exclude", "ambiguous")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One training."""

    name: str
    data: str
    options: tuple[str, ...] = ()
    article: str = "-"
    aim: float = 0.0  # share of right answers

    @property
    def arguments(self) -> tuple[str, ...]:
        """What is typed after `coopwatch`, the data set named as it is called in the table."""
        return ("train", self.data, *self.options)


ROWS = (
    Row(name="animals-simple_nn", data="animals", options=("--network", "simple_nn", *SEVENTY_FIVE), article="61 %"),
    Row(name="animals-default", data="animals", aim=0.97),
    Row(name="cats_dogs-default", data="cats_dogs", article="96.7 % (VGG16, fine-tuned, 2,000 pictures)", aim=0.967),
    Row(name="nestbox-linear", data="nestbox/crops", options=("--network", "linear", *NESTS)),
    Row(
        name="nestbox-neurocoop",
        data="nestbox/crops",
        options=("--network", "neurocoop", "--size", "96x112", *NESTS),
        article="about 80 % of 11 labels, its own pictures",
    ),
    Row(
        name="nestbox-neurocoop_dropout",
        data="nestbox/crops",
        options=("--network", "neurocoop_dropout", "--size", "96x112", *NESTS),
        article="no gain",
    ),
    Row(name="nestbox-default", data="nestbox/crops", options=NESTS),
    Row(name="cracks-smallvgg", data="cracks", options=("--network", "smallvgg", "--epochs", "40"), article="99 %"),
    Row(name="cracks-default", data="cracks", article="99 %", aim=0.99),
    Row(
        name="traffic_signs-smallvgg",
        data="traffic_signs",
        options=("--network", "smallvgg", "--size", "32x32", "--augmentation", "none", "--epochs", "30"),
    ),
    Row(name="traffic_signs-default", data="traffic_signs"),
    Row(name="animals-smallvgg", data="animals", options=("--network", "smallvgg", *SEVENTY_FIVE), article="78 %"),
)


def main() -> None:
    """Train what is missing of the rows that were named, or of all, then write the table."""
    names = sys.argv[1:] or [row.name for row in ROWS]
    if strangers := set(names) - {row.name for row in ROWS}:
        raise SystemExit(f"received {', '.join(strangers)}, expected of {', '.join(row.name for row in ROWS)}")
    before, rest = PAGE.read_text(encoding="utf-8").split(MARKS[0])
    table, after = rest.split(MARKS[1])
    head, ruler, *told = table.splitlines()
    lines, missed = [head, ruler], []
    for row in ROWS:
        if row.name not in names:
            lines += [line for line in told if line.endswith(_command(row))]
            continue
        card = _trained(row)
        right, count = card.metrics["right"], card.metrics["count"]
        lines.append(_line(row, card, right, count))
        print(lines[-1], flush=True)  # noqa: T201 (a proof is read)
        if right / count < row.aim:
            missed.append(f"{row.name}: {right} of {count}, aim {row.aim:.1%}")
    PAGE.write_text(before + MARKS[0] + "\n".join(lines) + "\n" + MARKS[1] + after, encoding="utf-8")
    if missed:
        raise SystemExit("missed: " + "; ".join(missed))


def _trained(row: Row) -> ModelCard:
    out = OUT / row.name
    if not (out / "active").exists():
        _, data, *options = row.arguments
        subprocess.run([COOPWATCH, "train", DATA / data, *options, "--out", out], check=True)
    return load_model_folder(out).card


def _line(row: Row, card: ModelCard, right: int, count: int) -> str:
    low, high = Share(hits=right, count=count).interval
    parameters = f"{card.training['parameters']:,}"
    return (
        f"| {row.data} ({count} unseen) | {card.network} ({parameters} parameters) | {row.article} "
        f"| {right} ({right / count:.1%}) | {low:.1%} to {high:.1%} | {_cost(row):.1f} {_command(row)}"
    )


def _command(row: Row) -> str:
    """The last cell of its line."""
    return f"| `coopwatch {' '.join(row.arguments)}` |"


def _cost(row: Row) -> float:
    """Milliseconds of one picture through the graph, one thread."""
    bench = [COOPWATCH, "bench", "--model", OUT / row.name, "--json"]
    done = subprocess.run(bench, check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout)["worker"]["bare_ms"])


if __name__ == "__main__":
    main()
