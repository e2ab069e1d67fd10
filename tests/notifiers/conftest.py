"""Certificates made on the spot, and robots with the services they speak to."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from notifiers.base import Notifier
from notifiers.registry import make
from tests.notifiers.services import Meet, Service, options, service


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


@pytest.fixture
def meet() -> Iterator[Meet]:
    """Makes a robot's channel and the service it speaks to."""
    with ExitStack() as stack:

        def _meet(name: str) -> tuple[Notifier, Service]:
            state = stack.enter_context(service(name))
            notifier = make(name, options(state))
            stack.callback(notifier.close)
            return notifier, state

        yield _meet
