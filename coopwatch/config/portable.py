"""A config file in; its text for another machine out: data and model beside it, no password in an address."""

from pathlib import Path

from coopwatch.config.document import read_document, yaml_text
from coopwatch.config.source import without_secrets


def portable_config(file: Path, *, data_dir: str, model: str) -> str:
    """The text of a sound config file with these two paths, and with passwords in addresses hidden.

    Raises:
        ConfigError: the file cannot be read.
    """
    document = read_document(file)
    lines = document.text.splitlines()
    for key, value in (("data_dir", data_dir), ("model", model)):
        number = document.line((key,)) - 1
        lines[number] = f"{key}: {yaml_text(value)}  # was: {lines[number].partition(':')[2].strip()}"
    text = "\n".join(lines) + "\n"
    cameras = document.value(("cameras",))
    for number in range(len(cameras) if isinstance(cameras, list) else 0):
        source = document.value(("cameras", number, "source"))
        if isinstance(source, str):
            text = text.replace(source, without_secrets(source))
    return text
