"""Within a room a name means one thing."""

from __future__ import annotations

import ast
from collections import defaultdict

from tests.house.reading import expect_nothing, sources


def test_no_two_classes_of_a_room_have_one_name() -> None:
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for file in sources("engine", "notifiers"):
        for node in file.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[file.place.rpartition("/")[0], node.name].append(file.at(node))
    expect_nothing(f"{name}: {', '.join(found)}" for (_, name), found in places.items() if len(found) > 1)
