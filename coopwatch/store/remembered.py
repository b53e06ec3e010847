"""Memory of nests and cameras as rows of JSON; what no longer fits the code is forgotten, with a word in the log."""

import dataclasses
import json
import logging
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Column, Connection, Table, delete, insert, select, update

from coopwatch.core.camera import CameraMemory
from coopwatch.core.memory import Memory
from coopwatch.store.tables import camera_memory, nest_memory

log = logging.getLogger(__name__)

M = TypeVar("M", Memory, CameraMemory)


def keep(connection: Connection, memory: Memory | CameraMemory) -> None:
    """Store a memory in the place of the one before."""
    if isinstance(memory, Memory):
        _replace(connection, nest_memory, nest_memory.c.nest, memory.nest, _adapter(Memory).dump_json(memory))
    else:
        content = _adapter(CameraMemory).dump_json(memory)
        _replace(connection, camera_memory, camera_memory.c.camera, memory.camera, content)


def recall_nest(connection: Connection, nest: str) -> Memory | None:
    """What is stored of a nest; None if there is nothing, or nothing that fits."""
    return _recall(connection, Memory, nest_memory, nest_memory.c.nest, nest)


def recall_camera(connection: Connection, camera: str) -> CameraMemory | None:
    """What is stored of a camera; None if there is nothing, or nothing that fits."""
    return _recall(connection, CameraMemory, camera_memory, camera_memory.c.camera, camera)


def forget_nests(connection: Connection, but: Collection[str]) -> Sequence[Memory]:
    """Delete what is stored of all nests but these; what fits of it comes back."""
    gone = connection.scalars(select(nest_memory.c.nest).where(nest_memory.c.nest.not_in(but))).all()
    memories = [recall_nest(connection, nest) for nest in gone]
    connection.execute(delete(nest_memory).where(nest_memory.c.nest.in_(gone)))
    return [memory for memory in memories if memory is not None]


def _replace(connection: Connection, table: Table, key: Column[str], name: str, content: bytes) -> None:
    values = {"memory": content.decode()}
    if connection.execute(update(table).where(key == name).values(values)).rowcount == 0:
        connection.execute(insert(table).values({key.name: name, **values}))


def _recall(connection: Connection, kind: type[M], table: Table, key: Column[str], name: str) -> M | None:
    text = connection.scalar(select(table.c.memory).where(key == name))
    if text is None:
        return None
    try:
        return _parse(kind, text)
    except ValueError as error:  # also pydantic's and JSON's
        reason = f"{error.error_count()} fields differ" if isinstance(error, ValidationError) else error
        log.warning("What was remembered of %s does not fit this version and is forgotten: %s", name, reason)
        return None


def _parse(kind: type[M], text: str) -> M:
    stored = json.loads(text)
    fields = {field.name for field in dataclasses.fields(kind)}
    # A field that was renamed would load as its default, and the memory would be half of one and half of the other.
    if isinstance(stored, dict) and (unknown := stored.keys() - fields):
        raise ValueError(f"unknown fields {', '.join(sorted(unknown))}")
    memory: M = _adapter(kind).validate_json(text)  # type: ignore[arg-type]  # mypy takes the hash of instances
    return memory


@cache  # making one takes longer than a whole transaction
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
