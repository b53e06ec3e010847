import zipfile
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


def test_a_head_that_swells_when_it_is_unpacked_is_refused(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "head.npz", weights=np.zeros((9_000_000, 2), np.float32), bias=np.zeros(2))
    assert (tmp_path / "head.npz").stat().st_size < 200_000
    with pytest.raises(ModelError, match=r"72 MB of numbers, expected at most 64"):
        read_head(tmp_path / "head.npz")


def test_a_head_that_claims_more_numbers_than_there_is_memory_is_refused(tmp_path: Path) -> None:
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({10**15}, 2), }}".ljust(117) + "\n"
    claims = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + b"\0" * 8
    with zipfile.ZipFile(tmp_path / "head.npz", "w") as packed:
        packed.writestr("weights.npy", claims)
        packed.writestr("bias.npy", claims)
    with pytest.raises(ModelError, match=r"head\.npz: received"):
        read_head(tmp_path / "head.npz")


def test_a_pickle_in_a_head_is_never_run(tmp_path: Path) -> None:
    np.savez(tmp_path / "head.npz", weights=np.array([object()], dtype=object), bias=np.zeros(1))
    with pytest.raises(ModelError, match="allow_pickle"):
        read_head(tmp_path / "head.npz")
