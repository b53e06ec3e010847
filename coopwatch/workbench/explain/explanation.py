"""A model folder and a picture in; pictures that show why the model says what it says, with an index, out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from PIL import Image

from coopwatch.errors import ModelError, UserMustActError
from coopwatch.values import Pixels
from coopwatch.vision.annotate import draw_answer
from coopwatch.vision.calibration import calibrate
from coopwatch.vision.card import ModelFolder
from coopwatch.vision.model_files import KERAS_FILE
from coopwatch.vision.picture import read_picture, shrink
from coopwatch.vision.preprocess import scale_input, to_input
from coopwatch.workbench.explain.activations import look_inside
from coopwatch.workbench.explain.drawing import draw_activation, lay_over
from coopwatch.workbench.explain.heat import Heat, find_heat
from coopwatch.workbench.export.parity import ask
from coopwatch.workbench.pages.render import render
from coopwatch.workbench.progress import Progress, track
from coopwatch.workbench.share import percent

INDEX = "index.html"
_LIKELIEST = 3

_METHODS = {
    "grad_cam": "Grad-CAM: the brighter a place, the more it speaks for the label; from the maps of the layer {layer}.",
    "gradient": "This network has no convolution. The brighter a pixel, the more the answer would change with it.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Where in the picture one label comes from."""

    label: str
    probability: float  # calibrated
    method: str
    layer: str | None
    file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What was written."""

    index: Path
    reasons: tuple[Reason, ...]  # the likeliest label first
    activations: tuple[Path, ...]


def load_network(folder: ModelFolder) -> keras.Model:
    """The model's Keras form.

    Raises:
        ModelError: the folder has none, or it is damaged.
    """
    if folder.card.members:
        members = ", ".join(f"{member.name}/{member.version}" for member in folder.card.members)
        raise ModelError(f"{folder.path}: received an ensemble, expected one model; explain a member of it: {members}")
    if KERAS_FILE not in folder.card.files:
        raise ModelError(
            f"{folder.path}: received a model without {KERAS_FILE}, expected one, because gradients need it; "
            "train it again without --no-keras"
        )
    path = folder.file(KERAS_FILE)
    try:
        return keras.saving.load_model(path, compile=False)
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(f"{path}: received {error}, expected a Keras model; train the model again") from error


def explain_picture(
    folder: ModelFolder, picture: Path, out: Path, labels: Sequence[str], progress: Progress
) -> Explanation:
    """Write heat maps of these labels (default: the three likeliest) and of the inner layers' answers to `out`.

    Raises:
        PictureError: the picture cannot be read.
        ModelError: no Keras form in the folder.
        UserMustActError: a label that the model does not know, or `out` cannot be written.
    """
    names = list(folder.card.roles)
    if strangers := [label for label in labels if label not in names]:
        raise UserMustActError(f"--label: received {strangers[0]}, expected one of {', '.join(names)}; choose one")
    pixels = read_picture(picture)
    model = load_network(folder)
    numbers = scale_input(to_input(pixels, folder.card.input), folder.card.input)
    probabilities = calibrate(ask(model, numbers[np.newaxis]), folder.card.temperature)[0]
    order = np.argsort(-probabilities, kind="stable").tolist()
    columns = [column for column in order if names[column] in labels] if labels else order[:_LIKELIEST]
    shown = shrink(pixels)
    try:
        out.mkdir(parents=True, exist_ok=True)
        _save(out / "picture.png", shown)
        reasons = [
            _reason(names[column], float(probabilities[column]), find_heat(model, numbers, column), shown, out)
            for column in track(progress, "looking for reasons", columns)
        ]
        inner = [
            _save(out / f"layer-{number:02d}-{one.layer.replace('/', '_')}.png", draw_activation(one.values))
            for number, one in enumerate(track(progress, "drawing layers", look_inside(model, numbers)), start=1)
        ]
        explanation = Explanation(index=out / INDEX, reasons=tuple(reasons), activations=tuple(inner))
        explanation.index.write_text(_page(folder, picture, explanation), encoding="utf-8")
    except OSError as error:
        raise UserMustActError(
            f"--out: {out}: received {error.strerror}, expected a folder with room to write; name another"
        ) from error
    return explanation


def _reason(label: str, probability: float, heat: Heat, pixels: Pixels, out: Path) -> Reason:
    drawn = draw_answer(lay_over(pixels, heat.values), f"{label}: {percent(probability, 1)}")
    file = _save(out / f"{heat.method}-{label}.png", drawn)
    return Reason(label=label, probability=probability, method=heat.method, layer=heat.layer, file=file)


def _save(path: Path, pixels: Pixels) -> Path:
    Image.fromarray(pixels).save(path)
    return path


def _page(folder: ModelFolder, picture: Path, explanation: Explanation) -> str:
    first, *_ = explanation.reasons
    return render(
        Path(__file__).with_name("index.html.jinja"),
        card=folder.card,
        picture=picture.name,
        answer=f"{first.label}, {percent(first.probability, 1)}",
        method=_METHODS[first.method].format(layer=first.layer),
        reasons=[
            (explanation.index.with_name("picture.png"), "the picture"),
            *((reason.file, f"{reason.label}: {percent(reason.probability, 1)}") for reason in explanation.reasons),
        ],
        layers=[(file, file.stem) for file in explanation.activations],
    )
