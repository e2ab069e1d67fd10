"""The JSON Schema of a workflow file, for editors: made from the table of keys, in both spellings.

It says what a file may look like. What hangs together - names, spans, ranges, circles - only the reader knows.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.definition.keys import ELEMENTS, Key, Shape, Word, is_built
from engine.definition.words import spellings

Schema = dict[str, object]


def schema() -> Schema:
    """The schema as plain data (draft 2020-12). Keys that are not built yet are absent, unknown keys refused."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "campaign workflow",
        "$ref": "#/$defs/file",
        "$defs": {kind: _element(kind, keys) for kind, keys in ELEMENTS.items() if is_built(kind)},
    }


def _element(kind: str, keys: Mapping[str, Key]) -> Schema:
    """A mapping with known keys: each in either spelling, never in both."""
    properties: Schema = {}
    rules: list[Schema] = []
    for name, key in keys.items():
        if key.shape is None:
            continue
        either = list(spellings(name, kind))
        properties |= {spelling: _shape(key.shape) for spelling in either}
        if len(either) > 1:
            rules.append({"not": {"required": either}})
        if key.required:
            rules.append({"anyOf": [{"required": [spelling]} for spelling in either]})
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return found | ({"allOf": rules} if rules else {})


def _shape(shape: Shape) -> Schema:
    ways: list[Schema] = [_word(shape.word)] if shape.word else []
    if shape.items:
        most: Schema = {} if shape.most is None else {"maxItems": shape.most}
        ways.append({"type": "array", "items": _shape(shape.items), "minItems": shape.least} | most)
    if shape.names:
        ways.append({"type": "object", "additionalProperties": _shape(shape.names), "minProperties": shape.least})
    ways.extend({"$ref": f"#/$defs/{kind}"} for kind in shape.elements if is_built(kind))
    return ways[0] if len(ways) == 1 else {"anyOf": ways}


def _word(word: Word) -> Schema:
    match word.kind:
        case "integer":
            return {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 999_999}, {"type": "string", "pattern": "^[1-9][0-9]{0,5}$"}]}
        case "yes_no":
            return {"enum": [True, False, *(word.choices or {})]}
        case "choice":
            words = list(word.choices or {})
            return {"enum": [*words, *(int(found) for found in words if found.isdecimal())]}
        case _:
            # An editor may take `2031` or `true` for something else than a text; the reader takes every scalar as its text.
            return {"anyOf": [{"type": "string", "pattern": "\\S"}, {"type": ["number", "boolean"]}]}
