"""Mail: what each step of a transaction means for the letter."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from notifiers.base import NotSent
from notifiers.conversation import PARTING
from notifiers.options import NotConfigured
from notifiers.smtp import SmtpNotifier, SmtpServer, from_options
from tests.notifiers.conftest import Certificates
from tests.notifiers.letters import NOW, hanging_up, letter, parsed
from tests.notifiers.servers import CLOSE, DRIP, DROPS, FLOOD, HANG, RESET, mail_server, rude_server

# aiosmtpd warns of what some of these tests are about.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

ACCOUNT: dict[str, Any] = {"user": "office", "password": "correct horse"}

Connect = Callable[..., SmtpNotifier]


@pytest.fixture
def connect() -> Iterator[Connect]:
    made: list[SmtpNotifier] = []

    def _connect(port: int, **settings: Any) -> SmtpNotifier:
        defaults: dict[str, Any] = {"host": "127.0.0.1", "port": port, "security": "none", "timeout": 10}
        made.append(SmtpNotifier(SmtpServer(**defaults | settings)))
        return made[-1]

    yield _connect
    for notifier in made:
        notifier.close()


def failure(notifier: SmtpNotifier, **changes: Any) -> NotSent:
    with pytest.raises(NotSent) as raised:
        notifier.send(letter(**changes), NOW)
    return raised.value


def meaning(error: NotSent) -> tuple[str, bool, bool]:
    return error.cause, error.permanent, error.unknown


@pytest.mark.parametrize("implicit", [False, True])
def test_a_letter_goes_out_encrypted_after_a_login(connect: Connect, certificates: Certificates, implicit: bool) -> None:
    with mail_server(tls=certificates.server, implicit=implicit, login=True) as server:
        notifier = connect(server.port, security="tls" if implicit else "starttls", ca_file=certificates.ca_file, **ACCOUNT)
        assert notifier.send(letter(), NOW) == "250 2.0.0 Ok: queued as 1"
    assert (server.encrypted, server.logins) == ([True], ["office"])
    assert parsed(server.contents()[0])["Message-ID"] == letter().message_id


def test_the_envelope_names_one_recipient_and_the_configured_sender(connect: Connect) -> None:
    with mail_server() as server:
        connect(server.port, sender="bounces@example.org").send(letter(), NOW)
    [envelope] = server.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("bounces@example.org", ["li.si@example.org"])


def test_a_lone_dot_in_the_content_does_not_end_it(connect: Connect) -> None:
    with mail_server() as server:
        connect(server.port).send(letter(text="一\n.\n二\n", html=None), NOW)
        connect(server.port).send(letter(to_name="." * 70, subject="。" * 80), NOW)
    assert "\n.\n二" in parsed(server.contents()[0]).get_content().replace("\r\n", "\n")
    assert len(server.taken) == 2


def test_one_connection_carries_several_letters_and_a_refused_one_does_not_end_it(connect: Connect) -> None:
    with mail_server() as server:
        notifier = connect(server.port)
        notifier.send(letter(message_id="<1@example.org>"), NOW)
        server.refuse["RCPT"] = "550 5.1.1 no such user"
        failure(notifier, message_id="<2@example.org>")
        del server.refuse["RCPT"]
        notifier.send(letter(message_id="<3@example.org>"), NOW)
        assert (len(server.taken), server.connections) == (2, 1)


@pytest.mark.parametrize(("letters", "connections"), [(99, 1), (100, 1), (101, 2)])
def test_after_a_hundred_letters_a_new_connection_begins(connect: Connect, letters: int, connections: int) -> None:
    with mail_server() as server:
        notifier = connect(server.port)
        for number in range(letters):
            notifier.send(letter(message_id=f"<{number}@example.org>", html=None), NOW)
        assert (len(server.taken), server.connections) == (letters, connections)


def test_a_connection_the_server_has_closed_meanwhile_is_opened_again(connect: Connect) -> None:
    with rude_server(RSET=CLOSE) as server:
        notifier = connect(server.port)
        notifier.send(letter(), NOW)
        assert notifier.send(letter(), NOW) == "250 taken"
        notifier.close()
        assert server.connections == 2


REFUSALS = [
    ("MAIL", "451 4.3.0 later", "sender", False),
    ("MAIL", "553 5.7.1 not your address", "sender", False),
    ("MAIL", "530 5.7.0 login first", "login", False),
    ("RCPT", "450 4.2.1 greylisted", "recipient", False),
    ("RCPT", "550 5.1.1 no such user", "recipient", True),
    ("RCPT", "552 5.2.2 mailbox full", "recipient", False),
    ("RCPT", "553 5.1.3 bad address", "recipient", True),
    ("DATA", "452 4.3.1 disk full", "content", False),
    ("DATA", "552 5.3.4 too big", "content", True),
    ("DATA", "554 5.6.0 looks like spam", "content", True),
]


@pytest.mark.parametrize(("step", "answer", "cause", "permanent"), REFUSALS)
def test_a_refusal_is_final_only_where_the_letter_is_to_blame(
    connect: Connect, step: str, answer: str, cause: str, permanent: bool
) -> None:
    with mail_server() as server:
        server.refuse[step] = answer
        error = failure(connect(server.port))
    assert meaning(error) == (cause, permanent, False)
    assert error.reason == answer
    assert error.say("zh").endswith("：" + answer)
    assert server.taken == []


def test_starttls_is_demanded_of_a_server_that_does_not_offer_it(connect: Connect) -> None:
    with rude_server() as server:
        error = failure(connect(server.port, security="starttls", **ACCOUNT))
        assert meaning(error) == ("insecure", False, False)
        assert set(server.heard) <= {"EHLO", "QUIT"}


def test_an_unknown_certificate_is_not_trusted_and_nothing_is_said(connect: Connect, certificates: Certificates) -> None:
    with mail_server(tls=certificates.server, login=True) as server:
        error = failure(connect(server.port, security="starttls", **ACCOUNT))
    assert meaning(error) == ("insecure", False, False)
    assert (server.logins, server.taken) == ([], [])


def test_a_certificate_of_another_host_is_not_trusted(connect: Connect, strangers_certificates: Certificates) -> None:
    with mail_server(tls=strangers_certificates.server, implicit=True) as server:
        error = failure(connect(server.port, security="tls", ca_file=strangers_certificates.ca_file))
    assert meaning(error) == ("insecure", False, False)


def test_a_missing_certificate_file_is_named(connect: Connect, tmp_path: Path) -> None:
    with rude_server() as server:
        error = failure(connect(server.port, security="tls", ca_file=str(tmp_path / "absent.pem")))
    assert error.cause == "insecure" and "absent.pem" in error.reason


def test_a_plain_server_behind_a_tls_setting_is_an_error_of_encryption(connect: Connect) -> None:
    with mail_server() as server:
        assert failure(connect(server.port, security="tls")).cause == "insecure"


def test_a_wrong_password_is_a_matter_of_configuration(connect: Connect, certificates: Certificates) -> None:
    with mail_server(tls=certificates.server, login=True) as server:
        notifier = connect(server.port, security="starttls", ca_file=certificates.ca_file, user="office", password="wrong donkey")
        error = failure(notifier)
    assert meaning(error) == ("login", False, False)
    assert error.reason.startswith("127.0.0.1:") and " 535 " in error.reason
    assert "账号和密码" in error.say("zh") and "user and password" in error.say("en")


def test_the_password_shows_nowhere(connect: Connect, certificates: Certificates, caplog: pytest.LogCaptureFixture) -> None:
    with mail_server(tls=certificates.server, login=True) as server:
        notifier = connect(server.port, security="starttls", ca_file=certificates.ca_file, user="office", password="wrong donkey")
        error = failure(notifier)
    shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "donkey" not in shown + repr(notifier) + repr(error) + error.say("zh") + error.say("en") + caplog.text


def test_a_login_is_refused_without_encryption_unless_one_says_so() -> None:
    with pytest.raises(NotConfigured, match="unencrypted"):
        SmtpServer(host="mail.example.org", port=25, security="none", **ACCOUNT)
    assert SmtpServer(host="mail.example.org", port=25, security="none", plain_login=True, **ACCOUNT).user == "office"


def test_a_login_without_encryption_works_when_one_says_so(connect: Connect) -> None:
    with mail_server(login=True) as server:
        connect(server.port, plain_login=True, **ACCOUNT).send(letter(), NOW)
    assert (server.logins, server.encrypted) == (["office"], [False])


def test_a_server_without_login_says_so(connect: Connect) -> None:
    with mail_server() as server:
        assert failure(connect(server.port, plain_login=True, **ACCOUNT)).cause == "login"


def test_a_password_that_smtp_cannot_carry_is_refused_without_showing_it() -> None:
    with pytest.raises(NotConfigured) as raised:
        SmtpServer(host="mail.example.org", port=587, user="office", password="密码")
    assert "密码" not in raised.value.say("en") and "ASCII" in raised.value.say("en")


def test_nobody_at_the_port_can_be_tried_again(connect: Connect) -> None:
    with rude_server() as server:
        port = server.port
    error = failure(connect(port))
    assert meaning(error) == ("unreachable", False, False)
    assert f"127.0.0.1:{port}" in error.reason


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "x" * 70 + ".example.org"])
def test_a_host_that_is_none_can_be_tried_again(connect: Connect, host: str) -> None:
    assert meaning(failure(connect(25, host=host))) == ("unreachable", False, False)


LOST = [
    ("GREETING", CLOSE, "unreachable", False),
    ("GREETING", b"421 too busy", "unreachable", False),
    ("GREETING", b"554 go away", "unreachable", False),
    ("EHLO", CLOSE, "unreachable", False),
    ("MAIL", CLOSE, "unreachable", False),
    ("RCPT", RESET, "unreachable", False),
    ("DATA", CLOSE, "unreachable", False),
    ("DATA", b"250 no", "content", False),
    # Of all letters, whatever it was said to.
    *((step, b"421 4.3.2 closing", "busy", False) for step in ("MAIL", "RCPT", "DATA", "DOT")),
    ("DOT", CLOSE, "lost", True),
    ("DOT", RESET, "lost", True),
    ("DOT", b"what?", "lost", True),
    ("DOT", b"x" * 9000, "lost", True),
]


@pytest.mark.parametrize(("step", "answer", "cause", "unknown"), LOST)
def test_only_a_connection_lost_after_the_last_byte_leaves_it_unknown(
    connect: Connect, step: str, answer: bytes, cause: str, unknown: bool
) -> None:
    with rude_server(**{step: answer}) as server:
        assert meaning(failure(connect(server.port))) == (cause, False, unknown)


def test_a_connection_lost_within_the_content_can_be_tried_again(connect: Connect) -> None:
    with rude_server(BODY=RESET) as server:
        assert meaning(failure(connect(server.port), text="字" * 4_000_000)) == ("unreachable", False, False)


HANGING = [("GREETING", "unreachable", False), ("RCPT", "unreachable", False), ("DOT", "lost", True)]


@pytest.mark.parametrize(("step", "cause", "unknown"), HANGING)
def test_a_server_that_hangs_is_given_up_after_the_timeout(connect: Connect, step: str, cause: str, unknown: bool) -> None:
    with rude_server(**{step: HANG}) as server:
        error = failure(connect(server.port, timeout=0.2))
    assert meaning(error) == (cause, False, unknown)
    assert "timed out" in error.reason


STEPS = [*[(step, "unreachable", False) for step in ("GREETING", "EHLO", "MAIL", "RCPT", "DATA")], ("DOT", "lost", True)]


@pytest.mark.parametrize(("step", "cause", "unknown"), STEPS)
@pytest.mark.parametrize("endless", [FLOOD, DRIP, DROPS])
def test_a_server_that_never_stops_talking_is_given_up(connect: Connect, endless: bytes, step: str, cause: str, unknown: bool) -> None:
    begun = time.monotonic()
    with rude_server(**{step: endless}) as server:
        error = failure(connect(server.port, timeout=60 if endless == FLOOD else 0.1))
    assert meaning(error) == (cause, False, unknown)
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize(("step", "cause", "unknown"), HANGING)
def test_what_is_in_hand_can_be_broken_off_from_outside_and_nothing_is_begun_after_it(
    connect: Connect, step: str, cause: str, unknown: bool
) -> None:
    with rude_server(**{step: HANG}) as server:
        notifier = connect(server.port, timeout=60)
        outside = hanging_up(notifier, server.hanging)
        assert meaning(failure(notifier)) == (cause, False, unknown)
        outside.join()
        assert meaning(failure(notifier)) == ("unreachable", False, False)
        assert server.connections == 1


def test_an_encrypted_conversation_is_broken_off_as_well(connect: Connect, certificates: Certificates) -> None:
    with mail_server(tls=certificates.server, implicit=True) as server:
        server.mute.add("RCPT")
        notifier = connect(server.port, security="tls", ca_file=certificates.ca_file, timeout=60)
        outside = hanging_up(notifier, server.hanging)
        assert meaning(failure(notifier)) == ("unreachable", False, False)
        outside.join()


def test_a_goodbye_is_not_waited_for(connect: Connect) -> None:
    with rude_server(QUIT=DRIP) as server:
        notifier = connect(server.port, timeout=60)
        notifier.send(letter(), NOW)
        begun = time.monotonic()
        notifier.close()
    assert time.monotonic() - begun < PARTING + 20


def test_after_a_lost_connection_the_next_letter_opens_a_new_one(connect: Connect) -> None:
    with rude_server(DOT=CLOSE + b"\n250 taken") as server:
        notifier = connect(server.port)
        assert failure(notifier).unknown
        assert notifier.send(letter(), NOW) == "250 taken"


def test_an_address_in_chinese_needs_a_server_that_takes_it(connect: Connect) -> None:
    with mail_server(utf8=False) as server:
        assert meaning(failure(connect(server.port), to_address="李四@example.org")) == ("recipient", True, False)


@pytest.mark.parametrize("ours", ["sender_address", "reply_to"])
@pytest.mark.parametrize("hers", ["li.si@example.org", "李四@example.org"])
def test_an_address_of_ours_that_the_server_cannot_take_is_no_fault_of_the_recipient(connect: Connect, ours: str, hers: str) -> None:
    with mail_server(utf8=False) as server:
        error = failure(connect(server.port), to_address=hers, **{ours: "办公室@example.org"})
    assert meaning(error) == ("sender", False, False)
    assert "办公室@example.org" in error.reason


def test_bounces_cannot_come_back_to_an_address_that_the_server_cannot_take(connect: Connect) -> None:
    with mail_server(utf8=False) as server:
        assert meaning(failure(connect(server.port, sender="退信@example.org"))) == ("sender", False, False)


def test_an_address_of_ours_in_chinese_arrives_where_the_server_takes_it(connect: Connect) -> None:
    with mail_server(utf8=True) as server:
        connect(server.port).send(letter(reply_to="办公室@example.org"), NOW)
    assert "Reply-To: 办公室@example.org".encode() in server.contents()[0]


def test_an_address_in_chinese_arrives_where_the_server_takes_it(connect: Connect) -> None:
    with mail_server(utf8=True) as server:
        connect(server.port).send(letter(to_address="李四@example.org"), NOW)
    assert server.taken[0].rcpt_tos == ["李四@example.org"]
    assert "SMTPUTF8" in server.taken[0].mail_options


def test_a_domain_in_chinese_goes_out_in_its_ascii_form(connect: Connect) -> None:
    with mail_server(utf8=False) as server:
        connect(server.port).send(letter(to_address="li.si@例子.example.org"), NOW)
    assert server.taken[0].rcpt_tos == ["li.si@xn--fsqu00a.example.org"]


def test_the_options_make_a_server(certificates: Certificates) -> None:
    with mail_server(tls=certificates.server, login=True) as server:
        options = {"host": "127.0.0.1", "port": str(server.port), "ca_file": certificates.ca_file, "timeout": "10", **ACCOUNT}
        notifier = from_options(options)
        notifier.send(letter(), NOW)
        notifier.close()
    assert server.encrypted == [True]


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_follows_the_security(security: str, port: int) -> None:
    assert f"port={port}," in repr(from_options({"host": "mail.example.org", "security": security}))


WRONG_OPTIONS = [
    ({}, "option host is missing"),
    ({"host": " "}, "option host is missing"),
    ({"host": "h", "user": "office"}, "option password is missing"),
    ({"host": "h", "port": "0"}, "option port must be"),
    ({"host": "h", "port": "65536"}, "option port must be"),
    ({"host": "h", "port": "五"}, "option port must be"),
    ({"host": "h", "timeout": "soon"}, "option timeout must be"),
    ({"host": "h", "security": "ssl"}, "option security must be one of: starttls, tls, none"),
    ({"host": "h", "plain_login": "maybe"}, "option plain_login must be one of: yes, no"),
    ({"host": "h", "pasword": "secret"}, "named pasword. Did you mean password?"),
]


@pytest.mark.parametrize(("options", "words"), WRONG_OPTIONS)
def test_a_wrong_option_is_named_and_its_value_is_not_told(options: dict[str, str], words: str) -> None:
    with pytest.raises(NotConfigured) as raised:
        from_options(options)
    assert words in raised.value.say("en")
    assert "通知方式 smtp" in raised.value.say("zh")
    assert "secret" not in raised.value.say("zh") + raised.value.say("en")


@pytest.mark.parametrize("sender", ["退信 <bounce@example.org>", "<bounce@example.org>", "bounce", "a@example.org, b@example.org"])
def test_a_sender_that_is_no_address_is_refused_before_any_letter(sender: str) -> None:
    """Otherwise every address that a letter goes to would count as one that takes none."""
    with pytest.raises(NotConfigured, match="an address alone"):
        SmtpServer(host="mail.example.org", port=25, security="none", sender=sender)
