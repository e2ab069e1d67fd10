"""Every kind and every end of a notice has its words, so that no list of them can stumble over a new one."""

from __future__ import annotations

from engine.cli.words import NOTICE_KINDS, NOTICE_STATES
from engine.store.codes import NoticeKind, NoticeState


def test_every_kind_of_notice_has_words_of_its_own() -> None:
    assert set(NOTICE_KINDS) == set(NoticeKind)
    assert len({words.zh for words in NOTICE_KINDS.values()}) == len({words.en for words in NOTICE_KINDS.values()}) == len(NoticeKind)


def test_every_end_of_a_notice_has_words() -> None:
    assert set(NOTICE_STATES) == {state.name.lower() for state in NoticeState}
