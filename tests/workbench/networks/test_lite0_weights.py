import io
import pickle
from pathlib import Path

import numpy as np
import pytest

from coopwatch.errors import ModelError
from coopwatch.workbench.networks.lite0_weights import _Arrays, read_lite0_weights


def test_the_package_holds_the_weights_that_are_known() -> None:
    weights = read_lite0_weights()
    assert weights["_conv_stem.weight"].shape == (32, 3, 3, 3)
    assert weights["_fc.weight"].shape == (1000, 1280)
    assert all(np.isfinite(values).all() for values in weights.values())
    assert (weights["_bn0.running_var"] >= 0).all()  # some channels of the stem are dead


def test_another_file_is_refused_before_it_is_unpickled(tmp_path: Path) -> None:
    (tmp_path / "weights.pth").write_bytes(pickle.dumps({}))
    with pytest.raises(ModelError, match=r"weights\.pth: received sha256 .*expected 579344248a93"):
        read_lite0_weights(tmp_path / "weights.pth")


def test_a_name_that_could_run_something_is_refused() -> None:
    with pytest.raises(ModelError, match="received a name that no file of weights needs"):
        _Arrays(io.BytesIO(pickle.dumps(Path))).load()
