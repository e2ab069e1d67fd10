"""Verdicts as stored data and back: what the checks said is kept with the artifact, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.sentences import Sentence, Verdict


def keep(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """Verdicts as JSON-able data."""
    return [
        {
            "outcome": verdict.outcome,
            "code": verdict.code,
            "sentence": _both(verdict.sentence),
            "shortfall": None if verdict.shortfall is None else _both(verdict.shortfall),
        }
        for verdict in verdicts
    ]


def _both(sentence: Sentence) -> dict[str, str]:
    return {"zh": sentence.say("zh"), "en": sentence.say("en")}


def back(kept: Sequence[Mapping[str, Any]]) -> tuple[Verdict, ...]:
    """The verdicts again."""
    return tuple(
        Verdict(
            outcome=data["outcome"],
            code=data["code"],
            sentence=_said(data["sentence"]),
            shortfall=None if data["shortfall"] is None else _said(data["shortfall"]),
        )
        for data in kept
    )


def _said(data: Mapping[str, str]) -> Sentence:
    return Sentence("{zh}", "{en}", {"zh": data["zh"], "en": data["en"]})
