"""Sample letters: what an administrator's own templates are tried on, and what the gallery shows.

Every one is a letter that the program wrote in a made-up campaign; the tests play that campaign again and compare.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from notifiers.errors import Lang
from notifiers.texts import HOUSE_TEXTS
from notifiers.views import DutyLine, LaggardLine, LetterView

FILE = HOUSE_TEXTS / "samples.json"
# The parts that tell of what others owe.
_LAGGARDS = frozenset({"below", "blocked"})


def samples(lang: Lang) -> dict[str, LetterView]:
    """Letters by name; between them they have every part and every field."""
    return {name: _view(data) for name, data in _read()[lang].items()}


@lru_cache(maxsize=1)
def _read() -> Mapping[Lang, Mapping[str, Mapping[str, Any]]]:
    found: dict[Lang, Mapping[str, Mapping[str, Any]]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def _view(data: Mapping[str, Any]) -> LetterView:
    return LetterView(**{name: _value(name, value) for name, value in data.items()})


def _value(name: str, value: Any) -> Any:
    if not isinstance(value, list):
        return value
    if name == "notes":
        return tuple(value)
    return tuple((LaggardLine if name in _LAGGARDS else DutyLine)(**line) for line in value)


def write_samples(views: Mapping[Lang, Mapping[str, LetterView]], file: Path = FILE) -> None:
    """Keep these as the samples; what is empty is left out."""
    data = {lang: {name: _filled(asdict(view)) for name, view in named.items()} for lang, named in views.items()}
    file.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is what it would be anyway."""
    needed = ("office_name", "recipient_name")
    kept = {name: value for name, value in values.items() if name in needed or (value != "" and value not in (None, False, ()))}
    return {name: [_line(one) for one in value] if isinstance(value, tuple) else value for name, value in kept.items()}


def _line(one: Any) -> Any:
    return _filled_line(one) if isinstance(one, dict) else one


def _filled_line(values: Mapping[str, Any]) -> dict[str, Any]:
    # Zero days is today, which is not nothing.
    return {name: value for name, value in values.items() if value is not None and value != "" and value is not False}
