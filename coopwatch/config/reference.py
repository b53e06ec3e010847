"""The table of all keys as a page of the documentation: `python -m coopwatch.config.reference > PAGE`."""

import sys
from collections.abc import Iterator
from itertools import groupby

from pydantic import BaseModel

from coopwatch.config.keys import Key, all_keys
from coopwatch.values import Region

_HEAD = """\
# Configuration

coopwatch is configured by one YAML file. `config/coopwatch.example.yaml` holds every key with a comment; copy it,
change it, and check it:

    coopwatch check-config coopwatch.yaml

The answer is one line that says that all is well (exit code 0), or one line for each mistake (exit code 2):

    coopwatch.yaml:9: cameras[0].every_seconds: received "5", expected a number of seconds above 0, at most 86400, ...

- Paths are absolute or relative to the folder of the file.
- Passwords and tokens never stand in the file. For each, name one place: a file that holds the secret and nothing else,
  or an environment variable. Where neither is named, the secret is the systemd credential `token` or `camera_NAME`. A
  file that is named must exist and be readable when the config is checked; a variable that is not set yet, and a
  credential, are only warned of, because they belong to the service and not to the shell where one checks. Commands
  that root types read in the place of credentials what `coopwatch setup --systemd` writes: `/etc/coopwatch/token` and
  `/etc/coopwatch/NAME.password`.
- A section with nothing below it means its defaults. A key that is not known is a mistake.
- In the tables, `[]` stands for each item of a list and `*` for a name that you choose.
"""

_TABLE = """
## {title}

| key | expected | default | meaning |
|---|---|---|---|
"""


def reference() -> str:
    """The page, in Markdown."""
    return _HEAD + "".join(_tables())


def _tables() -> Iterator[str]:
    for section, keys in groupby(sorted(all_keys(), key=_section), key=_section):
        yield _TABLE.format(title=f"`{section}`" if section else "Top level")
        yield from (_row(key) for key in keys)


def _section(key: Key) -> str:
    return ".".join(key.path[:-1]).replace(".[]", "[]")


def _row(key: Key) -> str:
    return f"| `{key.name}` | {key.expected} | {_default(key)} | {key.description} |\n"


def _default(key: Key) -> str:
    if key.required:
        return "needed"
    match key.default:
        case None:
            return "none"
        case BaseModel() | dict():
            return "see below"
        case Region():
            return "the whole picture"
        case default:
            return f"`{default:g}`" if isinstance(default, float) else f"`{str(default).lower()}`"


if __name__ == "__main__":
    sys.stdout.write(reference())
