"""A template and values in; a page in the one style of all pages, by day, by night and printed, out."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup


def render(template: Path, **values: Any) -> str:
    """The page; every value is escaped, and `style` is the style sheet."""
    environment = Environment(
        loader=FileSystemLoader(template.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    return environment.get_template(template.name).render(style=Markup(style), **values)  # noqa: S704 (ours)
