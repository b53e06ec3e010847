"""Drawings of matplotlib as SVG that stands inside a page and takes the page's own colours and letters."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

_SVG, _XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"

# Stand-ins that no drawing uses otherwise; the page's style sheet says what they are by day and by night.
INK, FAINT, GOOD, BAD = "#010101", "#020202", "#030303", "#040404"
_THEME = {INK: "var(--ink)", FAINT: "var(--faint)", GOOD: "var(--good)", BAD: "var(--bad)"}
_STYLE: dict[Any, Any] = {  # matplotlib types its keys one by one
    "svg.fonttype": "none",  # text stays text
    "font.family": "sans-serif",
    "font.size": 11,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.8,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "figure.facecolor": "none",
    "text.parse_math": False,  # a label's name is no formula
}


class Drawing:
    """One drawing; `svg` is ready once the block that drew it has ended."""

    def __init__(self, axes: Axes) -> None:
        self.axes = axes
        self.svg = ""


@contextmanager
def drawing(name: str, alternative: str, *, width: float = 6.4, height: float = 4.0) -> Iterator[Drawing]:
    """Draw on `.axes` inside the block; `width` and `height` in inches of 72 points, `alternative` for who cannot see.

    Every `name` is used once on a page: it keeps the ids of its drawing apart from those of the others.
    """
    with mpl.rc_context({**_STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=(width, height), layout="constrained")
        drawn = Drawing(figure.subplots())
        yield drawn
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    drawn.svg = _inline(buffer.getvalue(), name, alternative)


def _inline(document: str, name: str, alternative: str) -> str:
    """The `svg` element alone: no addresses, ids of its own, the page's colours and letters."""
    root = ElementTree.fromstring(document)  # noqa: S314 (matplotlib wrote it a line above)
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        for child in [child for child in element if child.tag.removeprefix(_SVG) in {"metadata", "style"}]:
            element.remove(child)
        element.attrib = {key.removeprefix(_XLINK): _local(key, value, name) for key, value in element.attrib.items()}
    root.attrib = {"viewBox": root.attrib["viewBox"], "role": "img", "aria-label": alternative, "class": "drawing"}
    # Never larger than letters of about the page's own size.
    root.attrib["style"] = f"max-width: {1.45 * float(root.attrib['viewBox'].split()[2]):.0f}px"
    text = ElementTree.tostring(root, encoding="unicode")
    for colour, variable in _THEME.items():
        text = text.replace(colour, variable)
    return text


def _local(key: str, value: str, name: str) -> str:
    if key == "id":
        return f"{name}-{value}"
    if key == "style":
        return re.sub(r"font-family:[^;]*;? ?", "", value)
    return value.replace("#", f"#{name}-") if value.startswith(("#", "url(#")) else value
