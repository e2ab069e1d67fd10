"""Certificates made on the spot."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme


@dataclass(frozen=True)
class Certificates:
    """A server's context, and the file with the authority that vouches for it."""

    server: ssl.SSLContext
    ca_file: str


def _certificates(folder: Path, host: str) -> Certificates:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(host).configure_cert(context)
    file = folder / f"{host}.pem"
    authority.cert_pem.write_to_path(str(file))
    return Certificates(context, str(file))


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Certificates]:
    """For 127.0.0.1."""
    yield _certificates(tmp_path_factory.mktemp("certificates"), "127.0.0.1")


@pytest.fixture(scope="session")
def strangers_certificates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Certificates]:
    """For another host."""
    yield _certificates(tmp_path_factory.mktemp("certificates"), "other.example.org")
