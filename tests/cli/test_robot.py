"""A live house that speaks to a group: settings out of the environment, the robot's address and secret out of files."""

from __future__ import annotations

import os

import pytest

from engine.clock import system_now
from tests.cli.desk import Clerk
from tests.cli.test_doctor import change, codes
from tests.notifiers.services import JUDGES, TOKEN, Reply, Service, service


@pytest.fixture(params=JUDGES)
def group(request: pytest.FixtureRequest, launched: Clerk, monkeypatch: pytest.MonkeyPatch):
    """The service, which knows what time it really is; the house is live and set up for it."""
    name = str(request.param)
    with service(name) as state:
        state.at = system_now()
        change(launched, "UPDATE setting SET value = 'live' WHERE key = 'kind'")
        (launched.folder / "url.txt").write_text(state.url + "\n", encoding="utf-8")
        (launched.folder / "secret.txt").write_text(state.secret + "\n", encoding="utf-8")
        prefix = f"CAMPAIGN_{name.upper()}"
        monkeypatch.setenv("CAMPAIGN_NOTIFIER", name)
        monkeypatch.setenv(f"{prefix}_URL_FILE", "url.txt")
        monkeypatch.setenv(f"{prefix}_PLAIN_HTTP", "yes")
        if name != "wecom":
            monkeypatch.setenv(f"{prefix}_SECRET_FILE", "secret.txt")
        # Whatever time it really is.
        launched.does("mail", "hours", "00:00-24:00", "--as", "管理员")
        yield state


def test_the_letters_of_a_live_house_reach_the_group(launched: Clerk, group: Service) -> None:
    assert "no-mail" not in codes(launched) and "unknown-variable" not in codes(launched)
    launched.does("sweep")
    told = launched.does("deliver", "--json")
    assert told.data["sent"] == len(group.taken) > 0 and told.err == ""


def test_what_the_service_refuses_is_said_in_one_sentence_and_the_letters_wait(launched: Clerk, group: Service) -> None:
    launched.does("sweep")
    group.replies.append(Reply(403, f"nothing at {group.url}".encode()))
    told = launched("deliver", "--lang", "zh")
    assert told.code == 1 and group.taken == []
    assert "对方不接受我们的配置" in told.out and TOKEN not in told.out + told.err
    launched.does("mail", "retry", "--as", "管理员")
    group.at = system_now()
    assert launched.does("deliver", "--json").data["sent"] > 0


def test_an_address_is_given_once(launched: Clerk, group: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    name = os.environ["CAMPAIGN_NOTIFIER"].upper()
    monkeypatch.setenv(f"CAMPAIGN_{name}_URL", group.url)
    told = launched("deliver")
    assert told.code == 1 and f"CAMPAIGN_{name}_URL_FILE" in told.err and group.url not in told.err
