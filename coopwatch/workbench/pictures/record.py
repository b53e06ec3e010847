"""`labels.csv`, the record of a data set: a row a picture in, checked rows out; and rows back to a file.

A picture's label is a cell of this table, so moving a picture to another label is an edit of one word.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from coopwatch.errors import DatasetError
from coopwatch.values import Role
from coopwatch.vision.whole_file import write_whole

RECORD_FILE = "labels.csv"
FACTS_FILE = "dataset.json"

Part = Literal["train", "validation", "test"]
Origin = Literal["human", "pseudo"]
"""Who gave the label: a person, or a model that was sure of it."""


class Row(BaseModel):
    """One labelled picture; a hand-written table needs the columns `file` and `label` alone."""

    model_config = ConfigDict(frozen=True)

    file: Annotated[str, Field(min_length=1)]  # relative to the table's folder, or absolute
    label: Annotated[str, Field(pattern=r"[^.]")]  # becomes the name of a folder, which `..` must not
    part: Part | None = None
    taken_at: datetime | None = None  # without an offset: of the keeper's time zone
    origin: Origin = "human"
    probability: Annotated[float, Field(ge=0, le=1)] | None = None  # how sure the model was that gave the label
    name: str = ""  # what the picture was called where it came from
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None  # of the file's bytes

    @model_validator(mode="after")
    def _pseudo_is_only_learnt_from(self) -> "Row":
        if self.origin == "pseudo" and self.part in ("validation", "test"):
            raise ValueError(f"received a label given by a model in the {self.part} part, expected none there")
        return self


class Facts(BaseModel):
    """What is true of a data set as a whole; kept in `dataset.json` beside the record."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    roles: Mapping[str, Role] = {}  # label -> role, where its name does not tell it
    split: Mapping[str, Any] = {}  # how the parts were made: method, seed, notes


def read_rows(path: Path) -> list[Row]:
    """Read a table; commas or semicolons, with or without the mark that spreadsheets put in front.

    Raises:
        DatasetError: not readable, no rows, a column that is missing, or a cell that is none of what it may be; the
            text names the line.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError as error:
        raise DatasetError(f"{path}: received {error.strerror}, expected a readable table; name another") from error
    header = text.split("\n", 1)[0]
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in header else ",")
    columns = list(table.fieldnames or ())
    if not {"file", "label"} <= set(columns):
        raise DatasetError(
            f"{path}: received the columns {', '.join(columns) or '(none)'}, expected at least file and label; "
            "rename the columns, or the table if it is no record of labels"
        )
    rows = [_row(path, table.line_num, cells) for cells in table]
    if not rows:
        raise DatasetError(f"{path}: received no rows, expected one a picture; add some")
    return rows


def rows_bytes(rows: Iterable[Row]) -> bytes:
    """The rows as the bytes of a table."""
    file = io.StringIO(newline="")
    table = csv.DictWriter(file, list(Row.model_fields), lineterminator="\n")
    table.writeheader()
    table.writerows(row.model_dump(mode="json") for row in rows)
    return file.getvalue().encode()


def read_facts(folder: Path) -> Facts:
    """What the folder's `dataset.json` says; nothing where there is none.

    Raises:
        DatasetError: it is damaged.
    """
    path = folder / FACTS_FILE
    if not path.is_file():
        return Facts()
    try:
        return Facts.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise DatasetError(
            f"{path}: received what cannot be read as the facts of a data set ({error}), expected roles and split; "
            "correct it, or remove it and say --roles"
        ) from error


def facts_bytes(facts: Facts) -> bytes:
    """The facts as the bytes of a file."""
    return (json.dumps(facts.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n").encode()


def write_file(path: Path, data: bytes) -> None:
    """Write a table or facts, whole or not at all.

    Raises:
        DatasetError: it cannot be written.
    """
    try:
        write_whole(path, data)
    except OSError as error:
        raise DatasetError(
            f"{path}: received {error.strerror}, expected a place with room to write; "
            "free space or name another; what was there is as it was"
        ) from error


def printable(name: str) -> str:
    """The name without what no table and no terminal can show: bytes that are no text, line breaks, control codes."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _row(path: Path, line: int, cells: Mapping[str | None, Any]) -> Row:
    given = {str(name): text.strip() for name, text in cells.items() if isinstance(text, str) and text.strip()}
    try:
        return Row.model_validate(given)
    except ValidationError as error:
        mistakes = "; ".join(f"{'.'.join(map(str, each['loc']))}: {_mistake(each)}" for each in error.errors())
        raise DatasetError(f"{path}:{line}: {mistakes.removeprefix(': ')}; correct the row") from error


def _mistake(error: Any) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    if error["type"] == "missing":
        return "received nothing, expected a name"
    return f"received {error['input']!r}, expected: {error['msg'][0].lower()}{error['msg'][1:]}"
