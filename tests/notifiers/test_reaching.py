"""A channel can be called without a letter: whoever sets it up learns at once whether anybody is there."""

from __future__ import annotations

import pytest

from notifiers.base import NotSent, Reachable
from notifiers.registry import make
from tests.notifiers.conftest import Certificates
from tests.notifiers.letters import NOW, letter
from tests.notifiers.servers import mail_server
from tests.notifiers.services import JUDGES, options, service


def test_a_mail_server_is_logged_in_to_and_sent_nothing(certificates: Certificates) -> None:
    with mail_server(tls=certificates.server, login=True) as server:
        where = {"host": "127.0.0.1", "port": str(server.port), "ca_file": certificates.ca_file, "user": "office"}
        notifier = make("smtp", where | {"password": "correct horse"})
        assert isinstance(notifier, Reachable)
        notifier.call()
        assert server.logins == ["office"] and server.contents() == []
        notifier.send(letter(), NOW)
        assert len(server.contents()) == 1
        notifier.close()
        wrong = make("smtp", where | {"password": "wrong"})
        assert isinstance(wrong, Reachable)
        with pytest.raises(NotSent) as caught:
            wrong.call()
        assert caught.value.cause == "login"


@pytest.mark.parametrize("name", JUDGES)
def test_a_service_is_reached_and_asked_nothing(name: str, certificates: Certificates) -> None:
    with service(name, tls=certificates.server) as state:
        notifier = make(name, options(state, ca_file=certificates.ca_file))
        assert isinstance(notifier, Reachable)
        notifier.call()
        assert state.heard == []
        notifier.close()


def test_a_certificate_that_nobody_vouches_for_and_a_closed_door_are_told_apart(certificates: Certificates) -> None:
    with service("webhook", tls=certificates.server) as state:
        stranger = make("webhook", options(state))
        assert isinstance(stranger, Reachable)
        with pytest.raises(NotSent) as caught:
            stranger.call()
        assert caught.value.cause == "insecure"
        where = options(state)
    gone = make("webhook", where)
    assert isinstance(gone, Reachable)
    with pytest.raises(NotSent) as caught:
        gone.call()
    assert caught.value.cause == "unreachable" and not caught.value.permanent
