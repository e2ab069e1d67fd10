"""Letters by HTTP: what each way of failing means, for every channel that posts."""

from __future__ import annotations

import gzip
import logging
import socket
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from notifiers.base import Notifier, NotSent
from notifiers.dingtalk import DingtalkNotifier
from notifiers.feishu import FeishuNotifier
from notifiers.options import NotConfigured
from notifiers.posting import Endpoint, NotPosted
from notifiers.registry import make
from notifiers.webhook import WebhookNotifier
from notifiers.wecom import WecomNotifier
from tests.notifiers.conftest import Certificates
from tests.notifiers.letters import NOW, hanging_up, letter
from tests.notifiers.services import (
    CLOSE,
    DRIPPING,
    HALF,
    HANG,
    HEADLESS,
    JUDGES,
    RESET,
    SECRET,
    TOKEN,
    Reply,
    Service,
    deaf_port,
    options,
    said,
    service,
)

Meet = Callable[..., tuple[Notifier, Service]]


@pytest.fixture(params=JUDGES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def meet(name: str) -> Iterator[Meet]:
    """Makes a channel and the service it speaks to."""
    with ExitStack() as stack:

        def _meet(*replies: Reply, **more: str) -> tuple[Notifier, Service]:
            state = stack.enter_context(service(name))
            state.replies.extend(replies)
            notifier = make(name, options(state, **more))
            stack.callback(notifier.close)
            return notifier, state

        yield _meet


def failure(notifier: Notifier) -> NotSent:
    with pytest.raises(NotSent) as raised:
        notifier.send(letter(), NOW)
    assert isinstance(raised.value, NotPosted)
    return raised.value


def meaning(error: NotSent) -> tuple[str, bool, bool]:
    return error.cause, error.permanent, error.unknown


PAGE = b"<!DOCTYPE html><title>Login</title>"
STATUSES = [
    (400, "login", False, False),
    (401, "login", False, False),
    (403, "login", False, False),
    (404, "login", False, False),
    (405, "login", False, False),
    (408, "busy", False, False),
    (409, "busy", False, False),
    (413, "content", True, False),
    (422, "content", True, False),
    (429, "busy", False, False),
    (418, "login", False, False),
    (503, "unreachable", False, False),
]


@pytest.mark.parametrize(("status", "cause", "permanent", "unknown"), STATUSES)
def test_a_status_that_is_no_success_says_what_to_do(meet: Meet, status: int, cause: str, permanent: bool, unknown: bool) -> None:
    notifier, _ = meet(Reply(status, PAGE))
    error = failure(notifier)
    assert meaning(error) == (cause, permanent, unknown)
    assert error.reason.startswith(f"{status} ")
    notifier.send(letter(), NOW)


@pytest.mark.parametrize("status", [500, 501, 502, 504, 599])
def test_a_service_that_breaks_has_taken_nothing_as_far_as_anybody_could_tell_by_an_id(meet: Meet, name: str, status: int) -> None:
    """The receiver of a webhook knows a letter again, so that what it may have stays the same letter; a robot never does."""
    notifier, _ = meet(Reply(status, PAGE))
    error = failure(notifier)
    assert meaning(error) == (("lost", False, True) if name == "webhook" else ("refused", False, False))
    assert error.reason.startswith(f"{status} ")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(meet: Meet, status: int) -> None:
    notifier, state = meet()
    state.replies.append(Reply(status, b"", {"Location": state.url}))
    assert meaning(failure(notifier)) == ("login", False, False)
    assert len(state.heard) == 1 and state.taken == []


NO_ANSWERS = [
    PAGE,
    b"",
    b"[]",
    b"null",
    b"ok",
    b"{}",
    b'{"errcode":"0","code":"0"}',
    b'{"errcode":false,"code":null}',
    b"\xff\xfe",
    b"[" * 9000,
]


@pytest.mark.parametrize("body", NO_ANSWERS)
@pytest.mark.parametrize("name", ["dingtalk", "wecom", "feishu"])
def test_a_page_with_status_200_is_not_an_answer_of_a_robots_service(meet: Meet, name: str, body: bytes) -> None:
    notifier, _ = meet(Reply(200, body))
    assert meaning(failure(notifier)) == ("stranger", False, True)


@pytest.mark.parametrize("name", ["dingtalk", "wecom", "feishu"])
def test_a_zero_under_a_status_that_is_no_success_is_none(meet: Meet, name: str) -> None:
    notifier, _ = meet(said(500, errcode=0, code=0))
    assert meaning(failure(notifier)) == ("refused", False, False)


LOST = [CLOSE, RESET, HALF]


@pytest.mark.parametrize("reply", LOST)
def test_a_connection_lost_after_the_request_leaves_it_unknown(meet: Meet, reply: Reply) -> None:
    notifier, state = meet(reply)
    assert meaning(failure(notifier)) == ("lost", False, True)
    assert len(state.heard) == 1
    notifier.send(letter(), NOW)
    assert len(state.taken) == 1


MADE: dict[str, Callable[[Endpoint], Notifier]] = {
    "dingtalk": DingtalkNotifier,
    "wecom": WecomNotifier,
    "feishu": FeishuNotifier,
    "webhook": WebhookNotifier,
}


@pytest.mark.parametrize("reply", [HANG, DRIPPING])
def test_a_service_that_hangs_or_drips_is_given_up_after_the_timeout(name: str, reply: Reply) -> None:
    with service(name) as state:
        state.replies.append(reply)
        notifier = MADE[name](Endpoint(url=state.url, secret=state.secret, timeout=0.2))
        error = failure(notifier)
        notifier.close()
    assert meaning(error) == ("lost", False, True)
    assert error.reason.endswith("timed out")


def test_an_answer_whose_head_never_ends_is_given_up(name: str) -> None:
    with service(name) as state:
        state.replies.append(HEADLESS)
        notifier = MADE[name](Endpoint(url=state.url, secret=state.secret, timeout=0.2))
        assert meaning(failure(notifier)) == ("lost", False, True)
        # What comes after it is a conversation of its own.
        notifier.send(letter(), NOW)
        notifier.close()


def test_what_is_in_hand_can_be_broken_off_from_outside_and_nothing_is_begun_after_it(meet: Meet) -> None:
    notifier, state = meet(HANG, timeout="60")
    outside = hanging_up(notifier, state.hanging)
    assert meaning(failure(notifier)) == ("lost", False, True)
    outside.join()
    assert meaning(failure(notifier)) == ("unreachable", False, False)
    assert len(state.heard) == 1


def test_nobody_at_the_port_can_be_tried_again(meet: Meet) -> None:
    notifier, state = meet()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    state.url = state.url.replace(state.url.split("/")[2], f"127.0.0.1:{port}")
    error = failure(make(notifier.name, options(state)))
    assert meaning(error) == ("unreachable", False, False)
    assert f"127.0.0.1:{port}" in error.reason


@pytest.mark.parametrize("host", ["no-such-host.invalid", "x" * 70 + ".example.org"])
def test_a_host_that_is_none_can_be_tried_again(name: str, host: str) -> None:
    notifier = MADE[name](Endpoint(url=f"https://{host}/send", secret=SECRET))
    assert meaning(failure(notifier)) == ("unreachable", False, False)


def test_a_handshake_that_nobody_answers_can_be_tried_again(name: str) -> None:
    with deaf_port() as port:
        notifier = MADE[name](Endpoint(url=f"https://127.0.0.1:{port}/send", secret=SECRET, timeout=0.2))
        assert meaning(failure(notifier)) == ("unreachable", False, False)


def test_a_certificate_that_nobody_vouches_for_is_not_trusted_and_nothing_is_said(name: str, certificates: Certificates) -> None:
    with service(name, tls=certificates.server) as state:
        assert meaning(failure(make(name, options(state)))) == ("insecure", False, False)
        assert state.heard == []


def test_a_certificate_of_another_host_is_not_trusted(name: str, strangers_certificates: Certificates) -> None:
    with service(name, tls=strangers_certificates.server) as state:
        assert failure(make(name, options(state, ca_file=strangers_certificates.ca_file))).cause == "insecure"
        assert state.heard == []


def test_a_missing_certificate_file_is_named(name: str, tmp_path: Path, certificates: Certificates) -> None:
    with service(name, tls=certificates.server) as state:
        error = failure(make(name, options(state, ca_file=str(tmp_path / "absent.pem"))))
    assert error.cause == "insecure" and "absent.pem" in error.reason


def test_a_plain_service_behind_https_is_an_error_of_encryption(meet: Meet) -> None:
    notifier, state = meet()
    state.url = state.url.replace("http:", "https:")
    assert failure(make(notifier.name, options(state))).cause == "insecure"


def test_one_connection_carries_several_letters(meet: Meet) -> None:
    notifier, state = meet()
    for number in range(3):
        notifier.send(letter(message_id=f"<{number}@example.org>"), NOW)
    assert (len(state.taken), state.connections) == (3, 1)


def test_a_connection_the_service_has_closed_meanwhile_is_opened_again(meet: Meet) -> None:
    notifier, state = meet()
    notifier.send(letter(message_id="<1@example.org>"), NOW)
    state.open[0].shutdown(socket.SHUT_RDWR)
    notifier.send(letter(message_id="<2@example.org>"), NOW)
    assert (len(state.taken), state.connections) == (2, 2)


def test_the_environment_names_no_proxy_to_us(meet: Meet, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:1")
    for variable in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(variable, raising=False)
    notifier, state = meet()
    notifier.send(letter(), NOW)
    assert len(state.taken) == 1


def what_is_said(error: NotSent) -> str:
    """The error in all its forms, with what the house's frames hold; the tests' own frames know the key, of course."""
    traced = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [f"{frame.name} {frame.locals}" for frame in traced.stack if "tests" not in Path(frame.filename).parts]
    assert frames
    return " ".join([*frames, *traced.format_exception_only(), repr(error), error.say("zh"), error.say("en")])


ECHO = f"nothing at /robot/send?access_token={TOKEN}&key={TOKEN}, you said {SECRET}"
TELLTALES = [Reply(404, ECHO.encode()), Reply(200, ECHO.encode()), said(errcode=310000, errmsg=ECHO, code=19021, msg=ECHO), CLOSE, HALF]


@pytest.mark.parametrize("reply", TELLTALES)
def test_neither_the_key_nor_the_secret_shows_anywhere(meet: Meet, caplog: pytest.LogCaptureFixture, reply: Reply) -> None:
    caplog.set_level(logging.DEBUG)
    notifier, state = meet(reply)
    try:
        shown = notifier.send(letter(), NOW)
    except NotSent as error:
        shown = what_is_said(error)
    everything = shown + repr(notifier) + repr(vars(notifier)) + caplog.text
    # WeCom's robot has no secret but its address.
    assert TOKEN not in everything and (SECRET not in everything or notifier.name == "wecom")
    assert len(state.heard) == 1


def test_the_key_does_not_show_where_the_service_cannot_be_reached(name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    given = {"url": f"https://no-such-host.invalid/{TOKEN}?key={TOKEN}"} | ({"secret": SECRET} if name != "wecom" else {})
    error = failure(make(name, given))
    assert TOKEN not in what_is_said(error) + caplog.text


def test_an_endpoint_shows_its_host_and_no_more() -> None:
    endpoint = Endpoint(url=f"https://user:{TOKEN}@robot.example.org:8443/{TOKEN}?key={TOKEN}%2B", secret="short")
    assert endpoint.host == "robot.example.org:8443"
    assert TOKEN not in repr(endpoint) and "short" not in repr(endpoint)
    assert endpoint.hidden(f"see /send/{TOKEN}?key={TOKEN}+, {TOKEN}%2B and short") == "see /send/***?key=***, *** and ***"


def test_a_long_answer_is_not_read_to_its_end_and_not_repeated(meet: Meet) -> None:
    notifier, state = meet(Reply(404, b"x" * 40_000_000))
    assert len(failure(notifier).reason) < 400
    assert state.answered == 0


def test_a_packed_answer_is_not_unpacked(meet: Meet) -> None:
    notifier, _ = meet(Reply(400, gzip.compress(b"x" * 50_000_000), {"Content-Encoding": "gzip"}))
    error = failure(notifier)
    assert "xxx" not in error.reason and len(error.reason) < 400


def test_a_failure_speaks_of_a_service_and_not_of_mail(meet: Meet) -> None:
    for status in (400, 413, 429, 500, 503):
        notifier, _ = meet(Reply(status, b""))
        error = failure(notifier)
        assert "邮件" not in error.say("zh") and "mail" not in error.say("en")


WRONG_OPTIONS = [
    ({}, "option url is missing"),
    ({"url": " "}, "option url is missing"),
    ({"url": "robot.example.org/send"}, "option url must be a whole address"),
    ({"url": "http://robot.example.org/hidden"}, "say plain_http: yes"),
    ({"url": "ftp://robot.example.org/hidden", "plain_http": "yes"}, "option url must be a whole address"),
    ({"url": "https:///hidden"}, "option url must be a whole address"),
    ({"url": "https://[hidden"}, "option url must be a whole address"),
    ({"url": "https://hidden..example.org/"}, "option url must be a whole address"),
    ({"url": "https://hidden:65536/"}, "option url must be a whole address"),
    ({"url": "https://hidden\n/"}, "option url must be a whole address"),
    ({"url": "https://robot.example.org/hidden", "timeout": "soon"}, "option timeout must be"),
    ({"url": "https://robot.example.org/hidden", "plain_http": "maybe"}, "option plain_http must be one of: yes, no"),
    ({"url": "https://robot.example.org/hidden", "secrets": "hidden"}, "named secrets"),
]


@pytest.mark.parametrize(("given", "words"), WRONG_OPTIONS)
def test_a_wrong_option_is_named_and_its_value_is_not_told(name: str, given: dict[str, str], words: str) -> None:
    needed = {"secret": "correct horse battery"} if name == "webhook" else {}
    with pytest.raises(NotConfigured) as raised:
        make(name, needed | given)
    assert words in raised.value.say("en")
    assert f"通知方式 {name}" in raised.value.say("zh")
    assert "hidden" not in raised.value.say("zh") + raised.value.say("en")
