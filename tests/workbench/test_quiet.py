import os

import pytest

from coopwatch.workbench.quiet import quiet_natives


def chatter() -> None:
    os.write(2, b"Could not find cuda drivers\n")


def fail() -> None:
    chatter()
    raise RuntimeError


def test_what_a_library_writes_past_python_is_not_seen(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet_natives():
        chatter()
    os.write(2, b"afterwards\n")
    assert capfd.readouterr().err == "afterwards\n"


def test_an_exception_brings_it_back(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError), quiet_natives():
        fail()
    assert capfd.readouterr().err == "Could not find cuda drivers\n"
