"""What is installed holds all that the program reads."""

import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


def test_every_file_that_is_no_python_is_installed_too() -> None:
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    installed = {
        path
        for package, patterns in declared.items()
        for pattern in patterns
        for path in PROJECT.joinpath(*package.split(".")).glob(pattern)
    }
    there = {path for path in (PROJECT / "coopwatch").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert [path for path in sorted(there - installed) if path.suffix != ".py"] == []
