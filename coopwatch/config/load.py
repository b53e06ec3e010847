"""A config file in; checked settings out, or one error that lists every mistake with its line."""

from pathlib import Path

from pydantic import ValidationError

from coopwatch.config.checks import check
from coopwatch.config.document import Document, read_document
from coopwatch.config.explain import explain
from coopwatch.config.keys import holds_keys
from coopwatch.config.mistakes import Mistake, Place, config_error
from coopwatch.config.settings import Settings


def load_settings(path: Path) -> Settings:
    """Read and check a config file; relative paths in it start at its own folder.

    Raises:
        ConfigError: one line for each mistake, `FILE:LINE: key: received X, expected Y, do Z`.
    """
    document = read_document(path)
    _fill_empty_sections(document, document.values, ())
    mistakes = [*document.mistakes, *check(document)]
    try:
        settings = Settings.model_validate(document.values, context={"folder": path.absolute().parent})
    except ValidationError as error:
        mistakes += explain(document, error)
        raise config_error(path, _once(mistakes)) from None  # the cause quotes the file, secrets and all
    if mistakes:
        raise config_error(path, _once(mistakes))
    return settings


def _fill_empty_sections(document: Document, value: object, place: Place) -> None:
    """A section whose keys are all left out (`telegram:` and nothing below) means its defaults."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            _fill_empty_sections(document, item, (*place, number))
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if inner is None and holds_keys((*place, key)):
            value[key] = {}
        else:
            _fill_empty_sections(document, inner, (*place, key))


def _once(mistakes: list[Mistake]) -> list[Mistake]:
    """A value that breaks two rules is named once, in the words of the rule that was checked first."""
    return list({(mistake.line, mistake.key): mistake for mistake in reversed(mistakes)}.values())
