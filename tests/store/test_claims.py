"""A claimant's number is its own while it lives, and nobody's the moment it is dead."""

from __future__ import annotations

import subprocess
import sys

from sqlalchemy import text

from engine.store.claims import claimant, is_dead
from engine.store.database import Database

CLAIMING = """
import sys
from engine.store.claims import claimant
from engine.store.database import open_database
with claimant(open_database(sys.argv[1])) as number:
    print(number, flush=True)
    sys.stdin.readline()
"""

# Each waits until the server has really let the session go.
DROP_OTHERS = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def dead(database: Database, *numbers: int) -> list[bool]:
    with database.write() as connection:
        return [is_dead(connection, number) for number in numbers]


def test_everybody_who_lives_has_a_number_of_its_own(database: Database) -> None:
    with claimant(database) as one, claimant(database) as other:
        assert (one, other) == (1, 2)
        assert dead(database, 1, 2, 3) == [False, False, True]


def test_a_number_that_was_given_up_goes_to_the_next(database: Database) -> None:
    with claimant(database) as one, claimant(database):
        pass
    assert dead(database, 1, 2) == [True, True]
    with claimant(database) as another:
        assert another == one


def test_a_number_is_not_given_out_while_what_its_dead_owner_had_is_taken_over(database: Database) -> None:
    with database.write() as connection:
        assert is_dead(connection, 1)
        if database.sqlite:
            return
        with claimant(database) as number:
            assert number == 2


def test_the_number_of_a_killed_process_is_free(database: Database) -> None:
    command = [sys.executable, "-c", CLAIMING, database.url.render_as_string(hide_password=False)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        number = int(process.stdout.readline())
        assert not dead(database, number)[0]
        process.kill()
        process.wait()
    if not database.sqlite:
        with database.read() as connection:
            connection.execute(text(DROP_OTHERS)).all()
    assert dead(database, number) == [True]
    with claimant(database) as another:
        assert another == number
