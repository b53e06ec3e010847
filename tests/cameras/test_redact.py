from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.cameras.redact import redact, redact_url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://camera.local/stream2", "rtsp://camera.local/stream2"),
        ("rtsp://coop:secret@camera.local:554/stream2", "rtsp://camera.local:554/stream2"),
        ("http://10.0.0.7/snap.cgi?usr=coop&pwd=secret", "http://10.0.0.7/snap.cgi"),
        ("http://10.0.0.7/snap.cgi?mail=a@b.c&pwd=secret", "http://..."),
        ("rtsp://coop:sec/ret@camera.local/stream2", "rtsp://camera.local/stream2"),  # not quoted, as it should be
        ("rtsp://coop:sec?ret@camera.local/stream2", "rtsp://..."),
        ("rtsp://coop:sec#ret@camera.local/stream2", "rtsp://..."),
    ],
)
def test_an_address_is_shown_without_login_and_query(url: str, shown: str) -> None:
    assert redact_url(url) == shown


def test_every_address_in_a_text_is_redacted() -> None:
    text = "[Errno 111] Connection refused: 'rtsp://coop:secret@a/b' after http://x/y?pwd=secret"
    assert redact(text) == "[Errno 111] Connection refused: 'rtsp://a/b' after http://x/y"


@given(password=st.text("#/:?@&=%aZ0'", min_size=1), host=st.sampled_from(["camera.local", "10.0.0.7:554"]))
def test_no_password_shows_whether_it_was_quoted_or_not(password: str, host: str) -> None:
    secret = f"SECRET{password}SECRET"
    for login in (f"coop:{secret}", f"coop:{quote(secret, safe='')}"):
        assert "SECRET" not in redact_url(f"rtsp://{login}@{host}/stream")
