"""`coopwatch tune-rules DATA`: recorded days with their truth in; rules and a plot to choose a bar from out."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coopwatch.cli.options import AsJson, print_json

if TYPE_CHECKING:
    from coopwatch.config.settings import CameraSettings, Settings
    from coopwatch.core.rules import Rules
    from coopwatch.core.tuning import Point, Truth
    from coopwatch.values import Classification

TRUTH_FILE = "truth.jsonl"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("tune-rules")(tune_rules)


def tune_rules(
    data: Annotated[Path, typer.Argument(metavar="DATA", help=f"A folder of pictures with a {TRUTH_FILE}.")],
    config: Annotated[Path, typer.Option("--config", help="The config file: nests, rules, model.")],
    model: Annotated[Path | None, typer.Option("--model", help="A model folder other than the config's.")] = None,
    camera: Annotated[str | None, typer.Option("--camera", help="Whose nests these are, if there are several.")] = None,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="PNG", help="Draw F1 against delay.")] = None,
    as_json: AsJson = False,
) -> None:
    """Learn the rules' times and shares from recorded days, and show what each bar `enter` comes to."""
    import asyncio

    from coopwatch.config.choice import choose_camera
    from coopwatch.config.load import load_settings
    from coopwatch.config.rules import to_rules
    from coopwatch.core.tuning import curve, learn_rules, lengthen
    from coopwatch.event_files import given_again, read_recorded
    from coopwatch.vision.card import load_model_folder

    draw = None if plot is None else _drawer(plot)
    truth = read_recorded(data / TRUTH_FILE)
    settings = load_settings(config)
    if model is not None:
        settings = settings.model_copy(update={"model": model, "learn": False})
    seen = asyncio.run(_see(data, settings, choose_camera(settings, camera)))
    given = to_rules(settings.rules, load_model_folder(settings.model).card.roles)
    for warning in (*given_again(truth), *_misfits(seen, truth.states, given)):
        typer.echo(f"warning: {warning}", err=True)
    rules = lengthen(seen, truth.events, learn_rules(seen, truth.states, given))
    points = curve(seen, truth.events, rules)
    _print(rules, points, as_json=as_json)
    if draw is not None:
        draw(points, given.enter)


def _drawer(plot: Path) -> Callable[["Sequence[Point]", float], None]:
    """What draws the curve in the end; what could not be drawn or written is told before the work."""
    from coopwatch.errors import UserMustActError
    from coopwatch.workbench.extra import training_extra

    if plot.suffix.lower() != ".png" or plot.is_dir() or not plot.parent.is_dir():
        raise UserMustActError(
            f"--plot {plot}: received no name of a picture in a folder that exists, expected one such as tuning.png; "
            "name another or make the folder"
        )
    with training_extra("--plot"):
        from coopwatch.workbench.figures.tuning_plot import draw_tuning
    return lambda points, used: draw_tuning(points, plot, used=used)


async def _see(data: Path, settings: "Settings", camera: "CameraSettings") -> "list[Classification]":
    """What the model sees in every picture."""
    from coopwatch.replay import replay_source

    return [seen async for seen, _ in replay_source(data, settings, camera) if seen is not None]


def _misfits(seen: "Sequence[Classification]", truth: "Truth", rules: "Rules") -> Iterator[str]:
    """What of the truth and what was seen does not speak of the same."""
    passed_over = sum((one.nest, one.taken_at) not in truth for one in seen)
    if passed_over:
        yield (
            f"{passed_over} of {len(seen)} looks into the nests have no state in {TRUTH_FILE} for that nest at that "
            "very time; nothing is learnt from them"
        )
    if unknown := sorted(set(truth.values()) - rules.roles.keys()):
        yield f"{TRUTH_FILE} names what the model does not know: {', '.join(unknown)}; each such frame is a wrong name"


def _print(rules: "Rules", points: "Sequence[Point]", *, as_json: bool) -> None:
    learnt = {
        "dwell_seconds": round(rules.dwell.total_seconds(), 1),
        "glitch_seconds": round(rules.glitch.total_seconds(), 1),
        "glitch_share": round(rules.glitch_share, 5),
    }
    bars = [_figures(point) for point in points]
    if as_json:
        print_json({"rules": learnt, "bars": bars})
        return
    from coopwatch.workbench.text_table import aligned

    typer.echo("rules:  # learnt; choose `enter` from the table below")
    for key, value in learnt.items():
        typer.echo(f"  {key}: {value:g}")
    typer.echo()
    rows = [["-" if value is None else f"{value:.3f}" for value in bar.values()] for bar in bars]
    for line in aligned([list(bars[0]), *rows], right=range(len(bars[0]))):
        typer.echo(line)


def _figures(point: "Point") -> dict[str, float | None]:
    overall = point.score.overall
    return {
        "enter": point.enter,
        "precision": overall.precision,
        "recall": overall.recall,
        "f1": overall.f1,
        "median_delay_seconds": None if overall.median_delay is None else overall.median_delay.total_seconds(),
    }
