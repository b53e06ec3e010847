from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from peers.clip import make_clip

from coopwatch.cameras.key_frames import KeyFrameDecoder


def decode(path: Path, *, every_seconds: float, skip: int = 0) -> Iterator[tuple[float, float | None, bool]]:
    """For each packet that is no earlier than the number `skip`: its time, the decoded frame's time, if keys alone."""
    with av.open(path) as container:
        stream = container.streams.video[0]
        now = 0.0
        decoder = KeyFrameDecoder(stream.codec_context, every_seconds=every_seconds, monotonic=lambda: now)
        for number, packet in enumerate(container.demux(stream)):
            if number < skip or packet.dts is None:
                continue
            now = float(packet.dts * packet.time_base)
            decoder.take(packet)
            newest = decoder.newest()
            yield now, newest[0].time if newest else None, decoder.keys_alone


@pytest.fixture(scope="module")
def reordered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds, a key frame each second, with frames that are sent in another order than shown (B-frames)."""
    path = tmp_path_factory.mktemp("clips") / "reordered.mp4"
    return make_clip(path, seconds=5, key_every=10, extra=("-preset", "veryfast", "-bf", "3"))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clips") / "plain.mp4", seconds=5, key_every=10)


def test_once_key_frames_are_known_to_come_often_enough_they_alone_are_decoded(plain: Path) -> None:
    shown = [at for at, frame_at, _ in decode(plain, every_seconds=1) if frame_at is not None]
    assert shown == pytest.approx([n / 10 for n in range(20)] + [2, 3, 4])


def test_key_frames_that_come_too_seldom_are_not_enough(plain: Path) -> None:
    frames = [frame_at for _, frame_at, keys_alone in decode(plain, every_seconds=0.85) if not keys_alone]
    assert frames == pytest.approx([n / 10 for n in range(50)])


def test_a_key_frame_alone_is_shown_at_once_though_the_decoder_reorders(reordered: Path) -> None:
    alone = [frame_at is not None for _, frame_at, keys_alone in decode(reordered, every_seconds=1) if keys_alone]
    assert alone.count(True) == 3


def test_decoding_begins_at_a_key_frame(plain: Path) -> None:
    first = next(frame_at for _, frame_at, _ in decode(plain, every_seconds=9, skip=3) if frame_at is not None)
    assert first == pytest.approx(1)


def test_a_key_frame_that_came_in_a_burst_at_connecting_does_not_mislead(tmp_path: Path) -> None:
    # A server sends at once what it has kept since its last key frame, and then key frames come seldom.
    clip = make_clip(tmp_path / "seldom.mp4", seconds=6, key_every=20)
    with av.open(clip) as container:
        stream = container.streams.video[0]
        now = 0.0
        decoder = KeyFrameDecoder(stream.codec_context, every_seconds=1, monotonic=lambda: now)
        for packet in container.demux(stream):
            if packet.dts is not None:
                now = max(0.0, float(packet.dts * packet.time_base) - 2)  # the first two seconds come at once
                decoder.take(packet)
                assert not decoder.keys_alone


@pytest.mark.parametrize("is_late", [False, True])
def test_a_frame_is_as_old_as_its_packet(plain: Path, is_late: bool) -> None:
    with av.open(plain) as container:
        stream = container.streams.video[0]
        now = 0.0
        decoder = KeyFrameDecoder(stream.codec_context, every_seconds=9, monotonic=lambda: now)
        decoder.take(next(container.demux(stream)), is_late=is_late)
        now = 0.4
        newest = decoder.newest()
        assert newest is not None
        assert newest[1] == pytest.approx(0.4)


def test_a_stream_that_comes_late_is_decoded_by_key_frames_alone(plain: Path) -> None:
    with av.open(plain) as container:
        stream = container.streams.video[0]
        decoder = KeyFrameDecoder(stream.codec_context, every_seconds=0.1)
        shown = 0
        for packet in container.demux(stream):
            if packet.dts is not None:
                decoder.take(packet, is_late=True)
                shown += decoder.newest() is not None
    assert shown == 5


def test_a_stream_that_changes_its_size_goes_on(tmp_path: Path) -> None:
    parts = [make_clip(tmp_path / f"{size}.h264", size=size, seconds=1) for size in ("320x240", "640x360")]
    both = tmp_path / "both.h264"
    both.write_bytes(b"".join(part.read_bytes() for part in parts))
    with av.open(both) as container:
        stream = container.streams.video[0]
        decoder = KeyFrameDecoder(stream.codec_context, every_seconds=0.1)
        sizes = []
        for packet in container.demux(stream):
            decoder.take(packet)
            if (newest := decoder.newest()) is not None:
                sizes.append((newest[0].width, newest[0].height))
    assert set(sizes) == {(320, 240), (640, 360)}
    assert sizes == sorted(sizes)
