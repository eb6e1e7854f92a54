"""The WebSocket on a TLS socket of its own: records and frames end in different places."""

import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import websocket
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.waiting import TIMEOUT_SCALE

PROGRAM = Path(__file__).with_name("signalling_tls_process.py")
ROOT = PROGRAM.parents[2]
TLS_RECORD = 16 * 1024


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a key and a certificate for localhost; return their paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    key_path, certificate_path = folder / "key.pem", folder / "certificate.pem"
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return key_path, certificate_path


@pytest.fixture
def echo(tmp_path: Path) -> Iterator[websocket.WebSocket]:
    key, certificate = make_certificate(tmp_path)
    with subprocess.Popen(
        [sys.executable, PROGRAM, key, certificate],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            options = {"ca_certs": str(certificate), "cert_reqs": ssl.CERT_REQUIRED}
            with closing(
                websocket.create_connection(
                    f"wss://localhost:{port}/ws", sslopt=options, timeout=5 * TIMEOUT_SCALE
                )
            ) as connection:
                yield connection
        finally:
            process.kill()


def test_messages_of_every_length_come_back_whole(echo: websocket.WebSocket) -> None:
    for size in (1, 4096, 4097, TLS_RECORD - 1, TLS_RECORD, TLS_RECORD + 1, 65_536):
        echo.send("x" * size)

        assert echo.recv() == "x" * size


def test_messages_that_have_to_wait_for_the_reader_come_back_in_order(
    echo: websocket.WebSocket,
) -> None:
    sent = [f"{number:02}".ljust(20_000, "y") for number in range(40)]

    for text in sent:
        echo.send(text)

    assert [echo.recv() for _ in sent] == sent
