"""`coopwatch predict IMAGE... --model DIR`: pictures in, the name of what each shows out."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coopwatch.cli.options import print_json, require_picture
from coopwatch.errors import CoopwatchError, InferenceError, PictureError, UserMustActError
from coopwatch.workbench.share import percent

if TYPE_CHECKING:
    from coopwatch.inference.client import InferenceClient
    from coopwatch.values import Pixels, Probabilities


_SHOWN = 3  # labels; the rest are seldom worth a look
_LEAST = 0.0005  # would be read as 0.0 %


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("predict")(predict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    file: Path
    label: str
    probability: float
    probabilities: "Probabilities"
    unknown_below: float  # the card's

    @property
    def is_unknown(self) -> bool:
        return self.probability < self.unknown_below

    @property
    def ranked(self) -> list[str]:
        """The three likeliest labels, each with its probability, without those of next to none."""
        first, *others = sorted(self.probabilities.items(), key=lambda item: -item[1])[:_SHOWN]
        likely = [first, *(other for other in others if other[1] >= _LEAST)]
        return [f"{label}: {percent(probability, 1)}" for label, probability in likely]

    @property
    def lines(self) -> list[str]:
        """What a person reads: the answer, then what else it may be."""
        return ["unknown", *self.ranked] if self.is_unknown else self.ranked


def predict(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Picture files.")],
    model: Annotated[Path, typer.Option("--model", metavar="DIR", help="A model's folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list, an object for each picture.")] = False,
    annotate: Annotated[
        Path | None,
        typer.Option("--annotate", metavar="DIR", help="Also write copies with the answer drawn on them here."),
    ] = None,
) -> None:
    """Tell what pictures show. A picture that cannot be read is named; the others are answered all the same."""
    import asyncio

    for image in images:
        require_picture(image)
    if annotate is not None:
        _prepare(annotate, images)
    answers = asyncio.run(_answers(images, model, annotate, quiet=as_json))
    if as_json:
        print_json([_as_json(answer) for answer in answers])
    if len(answers) < len(images):
        raise typer.Exit(CoopwatchError.exit_code)


async def _answers(images: list[Path], model: Path, annotate: Path | None, *, quiet: bool) -> list[_Answer]:
    from rich.console import Console
    from rich.progress import track

    from coopwatch.inference.client import InferenceClient
    from coopwatch.vision.card import load_model_folder

    answers = []
    folder = load_model_folder(model)
    console = Console(stderr=True)
    async with InferenceClient(folder) as classifier:
        for image in track(images, console=console, transient=True, disable=not console.is_terminal):
            try:
                answer = await _answer(image, classifier, annotate)
            except (PictureError, InferenceError) as error:
                typer.echo(f"{image}: {error}" if isinstance(error, InferenceError) else str(error), err=True)
                continue
            answers.append(answer)
            if not quiet:
                typer.echo(f"{answer.file}: {', '.join(answer.lines)}")
    return answers


async def _answer(image: Path, classifier: "InferenceClient", annotate: Path | None) -> _Answer:
    from coopwatch.vision.picture import read_picture

    pixels = read_picture(image)
    probabilities = await classifier.classify(pixels)
    label = max(probabilities, key=lambda name: probabilities[name])
    answer = _Answer(
        file=image,
        label=label,
        probability=probabilities[label],
        probabilities=probabilities,
        unknown_below=classifier.card.unknown_below,
    )
    if annotate is not None:
        _write_copy(annotate, answer, pixels)
    return answer


def _write_copy(folder: Path, answer: _Answer, pixels: "Pixels") -> None:
    from coopwatch.vision.annotate import draw_answer
    from coopwatch.vision.picture import encode_jpeg

    # The whole old name and more: a copy never takes the place of a picture, or of the copy of another format.
    first, *more = answer.lines
    copy = folder / f"{answer.file.name}.answer.jpg"
    try:
        copy.write_bytes(encode_jpeg(draw_answer(pixels, first, more=more)))
    except OSError as error:
        raise _not_writable(copy, error) from error


def _prepare(folder: Path, images: list[Path]) -> None:
    """Make the folder of the copies, one for each picture."""
    (name, count), *_ = Counter(image.name for image in images).most_common(1)
    if count > 1:
        raise UserMustActError(
            f"--annotate: received {count} pictures called {name}, expected different names; ask for them one by one"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_writable(folder, error) from error


def _not_writable(path: Path, error: OSError) -> UserMustActError:
    return UserMustActError(
        f"--annotate: {path}: received {error.strerror}, expected a folder with room to write; name another"
    )


def _as_json(answer: _Answer) -> dict[str, Any]:  # the border: what scripts read
    return {
        "file": answer.file,
        "label": answer.label,
        "probability": answer.probability,
        "probabilities": dict(answer.probabilities),
        "is_unknown": answer.is_unknown,
    }
