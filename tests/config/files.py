"""A config file that passes, in a folder with a model, for tests that then break it."""

import json
from hashlib import sha256
from pathlib import Path

GOOD = """\
timezone: Europe/Berlin
data_dir: data
model: models/demo
cameras:
  - name: nestcam
    source: rtsp://camera.local/stream2
    nests:
      - name: left
        region: {left: 0.0, top: 0.0, right: 0.48, bottom: 1.0}
      - name: right
        region: {left: 0.52, top: 0.0, right: 1.0, bottom: 1.0}
chat:
  terminal: true
"""

LABELS = [("red_twin", "hen"), ("egg", "egg"), ("empty", "empty")]


def write_config(folder: Path, text: str = GOOD) -> Path:
    """The config file, beside a model folder that it may name."""
    write_model(folder / "models" / "demo")
    file = folder / "coopwatch.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def write_model(folder: Path) -> None:
    """A model folder whose card is sound, and which holds no network."""
    card = {
        "name": "demo",
        "version": "1",
        "network": "none",
        "created": "2024-06-21T00:00:00Z",
        "labels": [{"name": name, "role": role} for name, role in LABELS],
        "input": {"height": 8, "width": 8},
        "files": {"features.npz": sha256(b"").hexdigest()},
    }
    (folder / "1").mkdir(parents=True, exist_ok=True)
    (folder / "1" / "features.npz").write_bytes(b"")
    (folder / "1" / "card.json").write_text(json.dumps(card), encoding="utf-8")
    (folder / "active").write_text("1", encoding="utf-8")


def changed(old: str, new: str) -> str:
    """The good config with one piece changed."""
    assert GOOD.count(old) == 1, f"{old!r} is no piece of its own"
    return GOOD.replace(old, new)
