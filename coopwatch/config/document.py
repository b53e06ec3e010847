"""A YAML file in; plain values out, with the line of each key and each scalar as it was written."""

import json
import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from coopwatch.config.mistakes import EMPTY, Mistake, Place, config_error, key_text, reading_fault
from coopwatch.config.source import HIDDEN, without_secrets
from coopwatch.errors import ConfigError

MAX_BYTES = 256 * 1024
MAX_VALUES = 20_000  # an alias is unfolded wherever it is named; a bomb of aliases stops here
MAX_DEPTH = 20
SHOWN_LENGTH = 48
SECRET_KEY = re.compile(r"(?i)pass(word|wd|phrase)?$|pwd$|token$|secret|api_?key")
_SECRET_VALUE = re.compile(r"\d{6,}:[A-Za-z0-9_-]{20,}")  # a bot's token, put where something else belongs
_COPY = "name the right file, or copy config/coopwatch.example.yaml and change it"


@dataclass(slots=True, kw_only=True)
class Document:
    """The content of a config file; `values` is nested dicts, lists and scalars."""

    file: Path
    text: str
    values: object = None
    lines: dict[Place, int] = field(default_factory=dict)
    written: dict[Place, str] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def line(self, place: Place) -> int:
        """The line of a key, or of the nearest key above it that exists."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def value(self, place: Place) -> object:
        """The plain value at a place; None where there is none."""
        value = self.values
        for step in place:
            try:
                value = value[step]  # type: ignore[index]  # whatever cannot be indexed so has no such place
            except (TypeError, KeyError, IndexError):
                return None
        return value

    def shown(self, place: Place) -> str:
        """The value as it was written, shortened, without secrets."""
        value = self.value(place)
        if isinstance(value, dict):
            return "a mapping"
        if isinstance(value, list):
            return "a list"
        if value is None or value == "":
            return "nothing"
        return shown(self.written[place])

    def mistake(self, place: Place, *, expected: str, remedy: str, received: str | None = None) -> Mistake:
        """A mistake at a place."""
        return Mistake(
            line=self.line(place),
            key=key_text(place),
            received=self.shown(place) if received is None else received,
            expected=expected,
            remedy=remedy,
        )


def shown(text: str) -> str:
    """A piece of the file fit to be shown: one line, short, without secrets."""
    text = _SECRET_VALUE.sub(HIDDEN, without_secrets(" ".join(text.split())))
    if len(text) > SHOWN_LENGTH:
        return f"{text[:SHOWN_LENGTH]}..."
    return text or EMPTY


def yaml_text(value: str) -> str:
    """A text as it may stand in a YAML file: in JSON's quotes, unless it is plain and means itself."""
    is_plain = re.fullmatch(r"[A-Za-z/][A-Za-z0-9/_.-]*", value) is not None and yaml.safe_load(value) == value
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def read_document(file: Path) -> Document:
    """Read a config file.

    Raises:
        ConfigError: unreadable, too large, not text, not YAML, empty or not a mapping.
    """
    document = Document(file=file, text=_read_text(file))
    try:
        loader = yaml.SafeLoader(document.text)
        node = loader.get_single_node()
        if node is None:
            raise _whole_file(file, received="an empty file", expected="a configuration", remedy=_COPY)
        document.values = _Reading(document, loader).plain(node, ())
    except RecursionError:
        raise _too_deep(file) from None  # the parser itself gives up on hundreds of brackets
    except yaml.YAMLError as error:
        raise config_error(file, [_syntax_mistake(document.text, error)]) from None  # the cause quotes the file
    if not isinstance(document.values, dict):
        raise _whole_file(
            file, received=document.shown(()), expected="keys with values, such as `timezone:`", remedy=_COPY
        )
    return document


def _too_deep(file: Path) -> ConfigError:
    return _whole_file(
        file,
        received="aliases that unfold without end or keys nested too deep",
        expected=f"at most {MAX_VALUES} values and {MAX_DEPTH} levels",
        remedy="write the values out",
    )


class _Reading:
    """Turns nodes into plain values, keeping marks in the document."""

    def __init__(self, document: Document, loader: yaml.SafeLoader) -> None:
        self._document = document
        self._loader = loader
        self._count = 0

    def plain(self, node: yaml.Node, place: Place) -> object:
        self._count += 1
        if self._count > MAX_VALUES or len(place) > MAX_DEPTH:
            raise _too_deep(self._document.file)
        self._document.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, (*place, number)) for number, item in enumerate(node.value)]
        return self._scalar(node, place)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, object]:
        values: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._add(
                    line, place, received="a list or mapping as a key", expected="text", remedy="write a plain key"
                )
                continue
            key = str(key_node.value)  # as written: `on` and `1` are keys like any other
            inner = (*place, key)
            if key in values:
                first = self._document.lines[inner]
                self._add(
                    line, inner, received="the key again", expected=f"it once (line {first})", remedy="remove one"
                )
                continue
            self._document.lines[inner] = line
            values[key] = self.plain(value_node, inner)
        return values

    def _scalar(self, node: yaml.Node, place: Place) -> object:
        written = self._document.text[node.start_mark.index : node.end_mark.index]
        self._document.written[place] = written
        try:
            value: Hashable = self._loader.construct_object(node)
        except (yaml.YAMLError, ValueError):  # an unknown tag; a date that does not exist
            value = written
            self._add(self._document.line(place), place, received="a value YAML cannot read", expected="plain text",
                      remedy="put it in quotes")  # fmt: skip
        return value

    def _add(self, line: int, place: Place, *, received: str, expected: str, remedy: str) -> None:
        self._document.mistakes.append(
            Mistake(line=line, key=shown(key_text(place)), received=received, expected=expected, remedy=remedy)
        )


def _read_text(file: Path) -> str:
    try:
        if file.is_fifo():  # who opens one waits until somebody writes
            raise _whole_file(file, received="a pipe", expected="a readable config file", remedy=_COPY)
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _whole_file(
            file, received=reading_fault(error), expected="a readable config file", remedy=_COPY
        ) from error
    if len(content) > MAX_BYTES:
        raise _whole_file(
            file, received="a larger file", expected=f"at most {MAX_BYTES} bytes", remedy="name the right file"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _whole_file(
            file, line=line, received="bytes that are no text", expected="UTF-8", remedy="save the file as UTF-8"
        ) from None


def _whole_file(file: Path, *, received: str, expected: str, remedy: str, line: int = 1) -> ConfigError:
    return config_error(file, [Mistake(line=line, key="file", received=received, expected=expected, remedy=remedy)])


def _syntax_mistake(text: str, error: yaml.YAMLError) -> Mistake:
    mark = getattr(error, "problem_mark", None)
    index = mark.index if mark is not None else getattr(error, "position", 0)
    line = text.count("\n", 0, index) + 1
    if text[index : index + 1] == "\t":
        return Mistake(line=line, key="yaml", received="a tab", expected="spaces", remedy="indent with spaces")
    problem = getattr(error, "problem", None) or "a character that YAML does not allow"
    # YAML quotes the names of aliases, anchors and tags, and such a name may be a secret left without quotes.
    problem = re.sub(r"\b(alias|anchor|handle|tag) .*", r"\1", problem)
    return Mistake(
        line=line,
        key="yaml",
        received=problem,
        expected="valid YAML",
        remedy="look at this line and the one above it: indentation, colon, quotes, brackets",
    )
