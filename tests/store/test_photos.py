import errno
import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.store.photos import write_photo


@given(jpeg=st.binary(max_size=200))
def test_a_photo_lies_under_the_hash_of_its_bytes(tmp_path_factory, jpeg: bytes) -> None:
    folder = tmp_path_factory.getbasetemp() / "photos of all examples"
    path = write_photo(folder, jpeg)
    sha = hashlib.sha256(jpeg).hexdigest()[:20]
    assert path == f"photos/{sha[:2]}/{sha}.jpg"
    assert (folder / path).read_bytes() == jpeg


def test_the_same_bytes_are_written_once(tmp_path: Path) -> None:
    path = tmp_path / write_photo(tmp_path, b"photo")
    before = path.stat()
    write_photo(tmp_path, b"photo")
    assert path.stat() == before


def test_a_photo_that_the_disk_does_not_take_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_photo(tmp_path, b"photo")
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]
