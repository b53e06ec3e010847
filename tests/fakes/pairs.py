"""Pairs of files as Keras 2 writes them, made in a process of their own."""

import os
import subprocess
import sys
from pathlib import Path

MAKER = Path(__file__).with_name("legacy_pairs.py")


def make_pairs(folder: Path) -> Path:
    """Let `legacy_pairs` fill the folder; takes some seconds, nearly all of it TensorFlow's start."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    subprocess.run([sys.executable, MAKER, folder], env=environment, check=True, capture_output=True, timeout=200)
    return folder
