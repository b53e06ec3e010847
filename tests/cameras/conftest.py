"""Clips and a real RTSP server, made once for all tests of streams and videos."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from peers.clip import make_clip
from peers.rtsp import RtspServer


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `clip.mp4`: two seconds of a moving pattern, a key frame each second."""
    folder = tmp_path_factory.mktemp("clips")
    make_clip(folder / "clip.mp4", rate=10, seconds=2, key_every=10)
    return folder


@pytest.fixture
def rtsp_server(clips: Path) -> Iterator[RtspServer]:
    """A server of `clips`, one for each test, which may stop or freeze it."""
    with RtspServer(clips) as server:
        yield server
