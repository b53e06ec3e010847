"""Two configurations in; what a keeper changed between them out."""

from dataclasses import dataclass

from coopwatch.config.settings import Settings

AT_NEXT_START = ("data_dir", "monitor")  # a database is open and a folder locked; a port is open


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Names of cameras, and keys of the top level; empty where nothing changed."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    keys: tuple[str, ...]

    def __str__(self) -> str:
        parts = [f"camera {name} added" for name in self.added]
        parts += [f"camera {name} removed" for name in self.removed]
        parts += [f"camera {name} changed" for name in self.changed]
        parts += [f"{key} changed{' (at the next start)' * (key in AT_NEXT_START)}" for key in self.keys]
        return ", ".join(parts) or "nothing changed"


def find_changes(old: Settings, new: Settings) -> Changes:
    """What is different in `new`."""
    before = {camera.name: camera for camera in old.cameras}
    after = {camera.name: camera for camera in new.cameras}
    keys = [key for key in Settings.model_fields if key != "cameras" and getattr(old, key) != getattr(new, key)]
    return Changes(
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        changed=tuple(name for name in after if name in before and after[name] != before[name]),
        keys=tuple(keys),
    )
