"""Puts TLS, with a certificate that nobody signed but itself, before a real server on loopback, as cameras do."""

import asyncio
import contextlib
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

from peers.passing import pass_on

CERTIFICATE = "certificate.pem"  # in the folder that is given


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's context with a new key and certificate for localhost."""
    key, certificate = folder / "key.pem", folder / CERTIFICATE
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    request += ["-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*request, "-keyout", key, "-out", certificate], check=True, capture_output=True, timeout=60)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@contextlib.asynccontextmanager
async def tls_proxy(behind: int, folder: Path) -> AsyncIterator[int]:
    """Gives the port on which the server at the port `behind` is reached by TLS."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                await pass_on(reader, writer, behind)
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=self_signed(folder)) as server:
        yield server.sockets[0].getsockname()[1]
