"""What databases are filled with: whatever is filled once can be copied, and what is added to it can be added to the copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

# It fills the database at a URL, and leaves it without connections.
Prepare = Callable[[str], None]


@dataclass(frozen=True)
class Upon:
    """What `more` adds to what `base` has filled. Where it is copied, `base` is filled once for all that rests on it."""

    base: Prepare
    more: Prepare

    def __call__(self, url: str) -> None:
        """Fill a database with both."""
        self.base(url)
        self.more(url)


@dataclass(kw_only=True)
class Files:
    """SQLite files filled so far, by what filled them, in a folder of their own."""

    folder: Path
    known: dict[Prepare, Path] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def template(self, prepare: Prepare) -> Path:
        """The file that `prepare` has filled; filled once."""
        if prepare not in self.known:
            file = self.folder / f"template-{next(self.numbers)}.db"
            if isinstance(prepare, Upon):
                shutil.copy(self.template(prepare.base), file)
            (prepare.more if isinstance(prepare, Upon) else prepare)(f"sqlite:///{file}")
            self.known[prepare] = file
        return self.known[prepare]

    def copy(self, prepare: Prepare, to: Path) -> str:
        """The URL of a copy of it."""
        return f"sqlite:///{shutil.copy(self.template(prepare), to)}"
