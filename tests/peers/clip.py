"""Makes H.264 clips with a real ffmpeg, the program of the package imageio-ffmpeg."""

import subprocess
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe


def make_clip(
    path: Path,
    *,
    pattern: str = "testsrc2",
    size: str = "320x240",
    rate: int = 10,
    seconds: float = 2,
    key_every: int = 10,
    extra: tuple[str, ...] = (),
) -> Path:
    """Write a clip of an ffmpeg test pattern with a key frame every `key_every` frames; returns its path."""
    separator = ":" if "=" in pattern else "="
    source = f"{pattern}{separator}size={size}:rate={rate}"
    run_ffmpeg(
        *("-f", "lavfi", "-i", source, "-t", str(seconds), "-c:v", "libx264", "-preset", "ultrafast", "-bf", "0"),
        *("-g", str(key_every), "-sc_threshold", "0", "-pix_fmt", "yuv420p", *extra, str(path)),
    )
    return path


def run_ffmpeg(*arguments: str) -> None:
    """Run ffmpeg to its end; it says nothing unless it fails."""
    subprocess.run([get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *arguments], check=True, timeout=120)
