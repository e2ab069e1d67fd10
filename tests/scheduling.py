"""Which worker runs what: whole files, since what a file prepares (a launched campaign, the demo) is then prepared once; what takes
long goes first, so that nobody waits for it at the end.
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# The longest first.
LONG = (
    "tests/journeys/test_demo.py",
    "tests/proof/test_histories.py",
    "tests/house/test_tools.py",
    "tests/house/test_readme.py",
    "tests/crashes/",
    "tests/bench/",
    "tests/journeys/",
    "tests/notifiers/test_samples.py",
)
# Of these every test is long and needs nothing of the others.
APART = ("tests/proof/test_histories.py", "tests/house/test_tools.py", "tests/bench/")
# These read every file of the house, which is read and parsed once for all of them.
TOGETHER = "tests/house/"


class Shares(LoadScopeScheduling):  # type: ignore[misc]  # it comes without types
    """Gives out whole files, in the order of the tests; some files test by test, and those that read the whole house at once."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(TOGETHER) and not nodeid.startswith(LONG):
            return TOGETHER
        return nodeid if nodeid.startswith(APART) else nodeid.split("::", maxsplit=1)[0]


def rank(item: pytest.Item) -> int:
    """Where a test stands: those of `LONG` before all others, which keep their order."""
    return next((place for place, prefix in enumerate(LONG) if item.nodeid.startswith(prefix)), len(LONG))


def scheduler(config: pytest.Config, log: Any) -> Shares:
    """What xdist asks for."""
    config.option.loadscopereorder = False
    return Shares(config, log)
