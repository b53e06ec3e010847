"""Time moves only forward: memories and a new picture's time in, what is wrong with it in plain words out."""

from dataclasses import replace
from datetime import datetime, timedelta

from coopwatch.core.memory import Memory

LEEWAY = timedelta(minutes=1)
"""How far clocks may differ before it means something."""


def time_fault(taken_at: datetime, last_at: datetime | None, now: datetime) -> str:
    """Why a picture's time cannot be; empty if it can."""
    if taken_at > now + LEEWAY:
        return f"a picture from the future ({taken_at:%Y-%m-%d %H:%M} UTC) is not used; check the camera's clock"
    if last_at is not None and taken_at < last_at:
        return f"a picture from {taken_at:%Y-%m-%d %H:%M} UTC is not used: it is older than the last one"
    if taken_at == last_at:
        return f"a picture from {taken_at:%Y-%m-%d %H:%M:%S} UTC is not used: it came twice"
    return ""


def is_set_back(last_at: datetime | None, now: datetime) -> bool:
    """Whether this machine's clock was set back, so that what is remembered lies in the future."""
    return last_at is not None and last_at > now + LEEWAY


def begin_anew(memory: Memory) -> Memory:
    """What can be kept of a memory whose times mean nothing any more: what lay in the nest."""
    return replace(Memory(camera=memory.camera, nest=memory.nest), contents=memory.contents)
