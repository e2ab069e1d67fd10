"""An office's own templates are written in a process of their own: none of them can hold up, fill up or bring down ours."""

from __future__ import annotations

import os
import signal
from dataclasses import replace

import pytest

from notifiers import apart
from notifiers.apart import TooHeavy, write
from notifiers.base import as_mime
from notifiers.texts import LARGEST_PART, TextError, Texts, compose
from tests.notifiers.letters import NOW, letter
from tests.notifiers.views import DUTY, VIEW


def own(opening: str, **more: str) -> Texts:
    """Templates with that opening; `zh__closing` is zh/closing.j2."""
    sources = {"zh__opening": opening, **more}
    return tuple(sorted((f"{name.replace('__', '/')}.j2", source) for name, source in sources.items()))


def test_what_is_written_apart_is_what_would_be_written_here() -> None:
    for texts in ((), own("甲\n"), own("乙\n")):
        assert write(VIEW, texts) == compose(VIEW, texts)


def test_a_mistake_is_told_with_its_file_and_line_from_there() -> None:
    with pytest.raises(TextError) as raised:
        write(VIEW, own("一\n{{ letter.nickname }}"))
    assert (raised.value.file, raised.value.line) == ("zh/opening.j2", 2)
    assert "nickname" in raised.value.say("zh")


ENDLESS = [
    "一\n{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
    "一\n{% for i in range(9999) %}{% set x = letter.campaign_title * 999999 %}{% endfor %}",
    "一\n{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(40) }}",
]
HUGE = [
    "{% for i in range(10 ** 9) %}x{% endfor %}",
    "{{ 'a' * 10 ** 9 }}",
    "{{ ('a' * 10 ** 7)[:9] * 10 ** 9 }}",
    "{{ [1] * 10 ** 9 }}",
    "{{ 'x' | center(10 ** 9) }}",
    "{{ '%0999999999d' % 1 }}",
    "{{ '{:>999999999}'.format('') }}",
    "{{ 'x' | indent(10 ** 9, true) }}",
    "{% set ns = namespace(t='a') %}{% for i in range(60) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}",
    "{{ 'a\n' | hang(10 ** 9) }}",
    "{{ (1).to_bytes(10 ** 9, 'big') }}",
]


@pytest.mark.parametrize("opening", ENDLESS)
def test_a_template_that_never_ends_is_broken_off_and_its_line_is_named(opening: str) -> None:
    with pytest.raises(TooHeavy) as raised:
        # The first part of it goes by before the template has even been read.
        write(VIEW, own(opening), seconds=1)
    assert (raised.value.file, raised.value.line) == ("zh/opening.j2", 2)


@pytest.mark.parametrize("opening", HUGE)
def test_a_template_that_makes_something_huge_is_a_mistake(opening: str) -> None:
    with pytest.raises(TextError):
        write(VIEW, own(opening), seconds=0.3)
    assert write(VIEW, own("甲\n")).text.startswith("甲")


def test_a_number_that_never_comes_back_to_python_is_given_up() -> None:
    with pytest.raises(TextError):
        write(VIEW, own("{% set x = 7 ** (7 ** 12) %}"), seconds=0.2)


@pytest.mark.parametrize(("size", "fits"), [(LARGEST_PART - 20_000, True), (LARGEST_PART, False)])
def test_a_letter_has_a_size(size: int, fits: bool) -> None:
    texts = (("zh/text.j2", "{% for i in range(" + str(size // 64) + ") %}" + "字" * 63 + "\n{% endfor %}"),)
    if fits:
        assert len(write(VIEW, texts).text) > size
    else:
        with pytest.raises(TextError, match="256 KiB"):
            write(VIEW, (("zh/text.j2", texts[0][1] + "x"),))


def test_what_no_mail_can_hold_is_left_out_of_it() -> None:
    words = write(VIEW, own("{{ '\\ud800' }}甲{{ '\\x00' }}乙{{ '\\u202e' }}\n", zh__subject="{{ '\\udfff' }}丙\n丁" + "戊" * 500))
    assert words.text.startswith(" 甲 乙\n") and words.subject.startswith("丙 丁戊") and len(words.subject) < 200
    as_mime(letter(subject=words.subject, text=words.text, html=words.html), NOW).as_bytes()
    assert "\x00" not in words.html + words.text


def test_a_child_that_was_killed_is_followed_by_another() -> None:
    write(VIEW, own("甲\n"))
    process = apart._CHILD._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert write(VIEW, own("甲\n")).text.startswith("甲")


def test_our_secrets_are_not_where_a_template_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_SMTP_PASSWORD", "horse")
    apart._CHILD.stop()
    write(VIEW, own("甲\n"))
    process = apart._CHILD._process
    assert process is not None
    with open(f"/proc/{process.pid}/environ", "rb") as file:
        assert b"horse" not in file.read()


def test_a_view_of_somebody_with_much_to_do_is_written_within_the_limits() -> None:
    assert write(replace(VIEW, overdue=(DUTY,) * 3000), own("甲\n")).text.startswith("甲")
