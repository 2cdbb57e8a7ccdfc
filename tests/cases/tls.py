"""The end of TLS before a plain server, and the certificates for it.

`python tests/cases/tls.py PORT BACKEND CERTIFICATE [CLIENT_CA]`, the key beside the certificate as .key.
From a test: `certificates(folder)`, `Tls(…)`.
"""

import asyncio
import shutil
import ssl
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from proxy import Proxy

NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1"


def certificates(folder: Path) -> Path:
    """A private CA (ca.pem), and a server's and a client's certificate of it (server.pem, client.pem; .key) there."""
    openssl = shutil.which("openssl")
    assert openssl is not None, "no openssl on this machine to make certificates with"

    def make(*words: str) -> None:
        subprocess.run([openssl, *words], cwd=folder, check=True, capture_output=True)

    new = ("req", "-newkey", "rsa:2048", "-nodes")
    own = ("-addext", "keyUsage=critical,keyCertSign")
    make(*new, "-x509", "-days", "2", "-subj", "/CN=Staging Private CA", *own, "-keyout", "ca.key", "-out", "ca.pem")
    (folder / "names").write_text(NAMES, "utf-8")
    for name in ("server", "client"):
        make(*new, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        signed = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names")
        make("x509", "-req", "-in", f"{name}.csr", *signed, "-out", f"{name}.pem")
    return folder


class Tls(Proxy):
    """Takes TLS off; with `client_ca` only for clients that it certifies. Bytes are handed on as they come."""

    def __init__(self, backend: int, certificate: Path, client_ca: Path | None = None, port: int = 0) -> None:
        super().__init__(backend, lambda answer: answer, port)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, certificate.with_suffix(".key"))
        if client_ca is not None:
            self.context.verify_mode = ssl.CERT_REQUIRED
            self.context.load_verify_locations(client_ca)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, into = await asyncio.open_connection("127.0.0.1", self._backend)
        with suppress(asyncio.CancelledError):
            await asyncio.gather(_pour(reader, into), _pour(behind, writer))


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, asyncio.CancelledError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


if __name__ == "__main__":
    port, backend, certificate, *client_ca = sys.argv[1:]
    with Tls(int(backend), Path(certificate), Path(client_ca[0]) if client_ca else None, int(port)) as standing:
        standing.wait()
