"""What the machine and its packages are, for the record of a run."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras

_PACKAGES = ("coopwatch", "keras", "tensorflow", "numpy", "ai-edge-litert")  # whatever learns, TensorFlow exports


def describe_environment() -> dict[str, Any]:
    """Python, platform, processor, cores, memory, Keras' backend and the versions that a training hangs on."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": _memory_gb(),
        "backend": keras.backend.backend(),
        "versions": package_versions(),
    }


def package_versions() -> dict[str, str]:
    """Package -> version, that of Keras' backend among them."""
    return {package: version(package) for package in dict.fromkeys((*_PACKAGES, keras.backend.backend()))}


def _processor() -> str:
    """What Linux calls it; elsewhere what Python knows."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def _memory_gb() -> float | None:
    if "SC_PHYS_PAGES" not in os.sysconf_names:
        return None  # Windows and macOS do not tell
    return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9, 1)
