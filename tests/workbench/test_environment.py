import keras
import pytest

from coopwatch.workbench.environment import describe_environment


def test_the_backend_that_learns_is_named_with_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    assert describe_environment()["backend"] == "tensorflow"
    monkeypatch.setattr(keras.backend, "backend", lambda: "h5py")  # a package that is here and in no list
    environment = describe_environment()
    assert environment["backend"] == "h5py"
    assert environment["versions"].keys() > {"tensorflow", "h5py"}
