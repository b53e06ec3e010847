"""The example, the reference and the settings say the same."""

import re
from pathlib import Path

import yaml
from config.files import write_model

from coopwatch.config.keys import all_keys
from coopwatch.config.load import load_settings
from coopwatch.config.reference import reference
from coopwatch.config.settings import RulesSettings, Settings

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "config" / "coopwatch.example.yaml"
REFERENCE = ROOT / "docs" / "reference" / "configuration.md"

KEY = re.compile(r"(?:^\s*(?:# *)*(?:- )?|[{,] ?)([a-z_]+):(?=\s|$)", re.MULTILINE)
"""A key at the beginning of a line, commented out or not, or within braces."""


def load_copy(folder: Path) -> Settings:
    """The example as it is in a fresh clone, beside a model."""
    write_model(folder / "models" / "demo")
    (folder / "config").mkdir()
    copy = folder / "config" / EXAMPLE.name
    copy.write_bytes(EXAMPLE.read_bytes())
    return load_settings(copy)


def test_the_example_has_every_key_and_no_other() -> None:
    labels = set(yaml.safe_load(EXAMPLE.read_text())["hens"])
    assert set(KEY.findall(EXAMPLE.read_text())) - labels == {key.name for key in all_keys()}


def test_the_example_passes_without_any_secret(tmp_path: Path) -> None:
    settings = load_copy(tmp_path)
    assert settings.data_dir.resolve() == tmp_path / "data"


def test_the_example_shows_the_defaults_of_the_rules(tmp_path: Path) -> None:
    assert load_copy(tmp_path).rules == RulesSettings()


def test_the_example_passes_from_a_fresh_clone() -> None:
    assert load_settings(EXAMPLE).model.resolve() == ROOT / "models" / "demo"


def test_every_key_is_described() -> None:
    assert [key.path for key in all_keys() if not key.description or not key.expected] == []


def test_the_reference_is_what_the_settings_say() -> None:
    told = REFERENCE.read_text(encoding="utf-8")
    assert told == reference(), "run: python -m coopwatch.config.reference > docs/reference/configuration.md"
    assert all(line.endswith("|") for line in told.splitlines() if line.startswith("|"))  # each row is one line
