import errno
import socket
import ssl

import pytest

from coopwatch.cameras.trouble import Trouble, trouble_in


def raised_from(cause: Exception) -> Exception:
    error = RuntimeError("the library's own error")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("cause", "trouble"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), Trouble.UNKNOWN_HOST),
        (ssl.SSLCertVerificationError("self-signed certificate"), Trouble.UNTRUSTED),
        (ConnectionRefusedError(), Trouble.REFUSED),
        (ConnectionResetError(), Trouble.HUNG_UP),
        (TimeoutError(), Trouble.TIMED_OUT),
        (OSError(errno.EHOSTUNREACH, "No route to host"), Trouble.NO_ROUTE),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), Trouble.NO_ROUTE),
        (OSError(errno.EIO, "Input/output error"), None),
        (ValueError("what nobody expected"), None),
    ],
)
def test_the_systems_error_is_found_behind_the_librarys(cause: Exception, trouble: Trouble | None) -> None:
    assert trouble_in(cause) is trouble
    assert trouble_in(raised_from(raised_from(cause))) is trouble
    assert trouble_in(raised_from(ExceptionGroup("all attempts", [ValueError(), raised_from(cause)]))) is trouble
