"""The error about a file from elsewhere."""

from pathlib import Path

from coopwatch.errors import ModelError


def refused(path: Path, received: str, expected: str, remedy: str) -> ModelError:
    """What was received, what was expected, what to do."""
    return ModelError(f"{path}: received {received}, expected {expected}; {remedy}")
