from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fakes.models import TINY_INPUT, TinyNetwork

from coopwatch.workbench.export.litert import LiteRTGraph
from coopwatch.workbench.learning import features
from coopwatch.workbench.learning.features import compute_features
from coopwatch.workbench.pictures.dataset import read_dataset
from coopwatch.workbench.progress import Silent, open_progress

Draw = Callable[..., Path]


def test_features_are_computed_once_and_kept_by_picture(
    draw: Draw, tiny_network: TinyNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = read_dataset([draw(days=1)]).pictures
    first = compute_features(pictures, tiny_network.backbone, TINY_INPUT, tmp_path / "cache", Silent())
    assert first.values.shape == (len(pictures), 4)

    def no_graph(model: bytes) -> LiteRTGraph:
        raise AssertionError("every picture is known by now")

    monkeypatch.setattr(features, "LiteRTGraph", no_graph)
    again = compute_features(pictures[::-1], tiny_network.backbone, TINY_INPUT, tmp_path / "cache", Silent())
    assert np.array_equal(again.values, first.values[::-1])


def test_another_backbone_has_features_of_its_own(draw: Draw, tiny_network: TinyNetwork, tmp_path: Path) -> None:
    pictures = read_dataset([draw(days=1)]).pictures
    for model in (tiny_network.backbone, tiny_network.whole):
        compute_features(pictures, model, TINY_INPUT, tmp_path / "cache", Silent())
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_a_damaged_cache_is_computed_anew(draw: Draw, tiny_network: TinyNetwork, tmp_path: Path) -> None:
    pictures = read_dataset([draw(days=1)]).pictures
    first = compute_features(pictures, tiny_network.backbone, TINY_INPUT, tmp_path / "cache", Silent())
    (cached,) = (tmp_path / "cache").iterdir()
    cached.write_bytes(cached.read_bytes()[:100])
    again = compute_features(pictures, tiny_network.backbone, TINY_INPUT, tmp_path / "cache", Silent())
    assert np.array_equal(again.values, first.values)


def test_a_picture_that_does_not_decode_is_set_aside(draw: Draw, tiny_network: TinyNetwork, tmp_path: Path) -> None:
    folder = draw(days=1)
    (folder / "egg" / "2026-05-01_0600.jpg").write_bytes(b"no picture")
    pictures = read_dataset([folder]).pictures
    prepared = compute_features(pictures, tiny_network.backbone, TINY_INPUT, tmp_path / "cache", Silent())
    assert len(prepared.unreadable) == 1
    assert len(prepared.values) == len(prepared.pictures) == len(pictures) - 1


def test_a_cache_that_cannot_be_written_is_told_and_costs_time_alone(
    draw: Draw, tiny_network: TinyNetwork, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("mine")
    pictures = read_dataset([draw(days=1)]).pictures
    with open_progress() as progress:
        seen = compute_features(pictures, tiny_network.backbone, TINY_INPUT, tmp_path / "file" / "cache", progress)
    assert len(seen.values) == len(pictures)
    assert "file/cache: received Not a directory" in capsys.readouterr().err
