from pathlib import Path

import numpy as np
import pytest

from coopwatch.errors import ModelError
from coopwatch.vision.head import Head, head_bytes, read_head

HEAD = Head(weights=np.eye(3, 2, dtype=np.float32), bias=np.array([0.0, 5.0], np.float32))


def test_logits_are_features_times_weights_plus_bias() -> None:
    assert HEAD.logits(np.array([1, 2, 3], np.float32)).tolist() == [1.0, 7.0]
    assert HEAD.logits(np.ones((4, 3), np.float32)).shape == (4, 2)


def test_a_head_reads_back_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "head.npz").write_bytes(head_bytes(HEAD))
    head = read_head(tmp_path / "head.npz")
    assert np.array_equal(head.weights, HEAD.weights)
    assert np.array_equal(head.bias, HEAD.bias)


def test_weights_and_bias_of_different_label_counts_are_refused() -> None:
    with pytest.raises(ModelError, match="expected"):
        Head(weights=np.zeros((3, 2), np.float32), bias=np.zeros(3, np.float32))


@pytest.mark.parametrize("data", [b"", b"no archive", head_bytes(HEAD)[:90]])
def test_a_damaged_head_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "head.npz").write_bytes(data)
    with pytest.raises(ModelError, match=r"head\.npz: received .*expected"):
        read_head(tmp_path / "head.npz")


def test_a_pickle_in_a_head_is_never_run(tmp_path: Path) -> None:
    np.savez(tmp_path / "head.npz", weights=np.array([object()], dtype=object), bias=np.zeros(1))
    with pytest.raises(ModelError, match="allow_pickle"):
        read_head(tmp_path / "head.npz")
