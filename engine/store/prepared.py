"""Statements of single steps: compiled once, their text run on the driver's own cursor.

What Core does for every execution costs several times the statement itself (MEASURED section 4). It still writes the text, knows the
types and names the columns; only the running is ours.
"""

from __future__ import annotations

from collections import defaultdict, namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Boolean, Connection, Dialect, Insert, SelectBase, bindparam
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

# PostgreSQL plans a statement for its values, unless it is to keep the plan: one kept for any batch is made without knowing that the
# batch is small, and may read a whole table for it. So many times psycopg lets a statement pass before it keeps the plan by itself.
NEVER = 2**31

T = TypeVar("T")
# What turns a value for the driver, or from it; None leaves it as it is.
_Turn = Callable[[Any], Any] | None


class _Compiled:
    """One statement for one kind of database and one set of values."""

    def __init__(self, statement: Any, dialect: Dialect, names: tuple[str, ...]) -> None:
        columns = list(names) if isinstance(statement, Insert) and statement.select is None else None
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        assert isinstance(compiled, SQLCompiler)
        self.text = str(compiled)
        self._names = names
        constants = {name: value for name, value in compiled.params.items() if name not in names}
        assert not any(compiled.binds[name].required for name in constants), constants
        binds = {name: _to_driver(bind.type, dialect) for name, bind in compiled.binds.items()}
        self._constants = {name: _turned(binds[name], value) for name, value in constants.items()}
        self._order = compiled.positiontup
        # Which value is asked for at each place, and how those that are turned for the driver are.
        self._asked = tuple(self._order or dict.fromkeys((*names, *constants)))
        self._pick = _picking(self._asked)
        self._turns = [(at, turn) for at, name in enumerate(self._asked) if name not in constants and (turn := binds.get(name))]
        self._row, self._columns = _shape(statement, dialect)
        self._last: tuple[Any, Any] = (None, None)

    def given(self, values: Mapping[str, Any]) -> Any:
        """What the driver is given: in order, or by name."""
        picked = list(self._pick({**self._constants, **values} if self._constants else values))
        for place, turn in self._turns:
            picked[place] = turn(picked[place])
        return picked if self._order is not None else dict(zip(self._asked, picked, strict=True))

    def plain(self, rows: Sequence[tuple[Any, ...]]) -> Sequence[Any]:
        """The same of many rows of plain values; the statement has no constants of its own, and asks for several values."""
        assert not self._constants
        if self._order is None:
            return [dict(zip(self._names, row, strict=True)) for row in rows]
        return list(map(itemgetter(*map(self._names.index, self._order)), rows))

    def row(self, found: Any) -> Any:
        """A row with its columns by name, each as its type reads it."""
        return self._row(self.read(found))

    def read(self, found: Any) -> Any:
        """Each column of a row as its type reads it."""
        if not self._columns:
            return found
        read = list(found)
        for place, turn in self._columns:
            read[place] = turn(read[place])
        return read

    def remembered(self, found: Sequence[Any], make: Callable[[list[Any]], T]) -> T:
        """What is made of the rows: the same object as last time where the driver has found the same."""
        known, made = self._last
        if known != found:
            made = make(list(map(self.row, found)))
            self._last = found, made
        return cast(T, made)


def _to_driver(kind: Any, dialect: Dialect) -> _Turn:
    """What turns a value of that type for the driver."""
    # To SQLite a truth is a number, as it is to Python; Core would only ask whether it is one.
    if isinstance(kind, Boolean) and not dialect.supports_native_boolean:
        return None
    return cast(_Turn, kind.dialect_impl(dialect).bind_processor(dialect))


def _picking(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Iterable[Any]]:
    """Takes the values of these names, in their order."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: [values[name] for name in names]


def _turned(turn: _Turn, value: Any) -> Any:
    return value if turn is None else turn(value)


def _shape(statement: Any, dialect: Dialect) -> tuple[Any, list[tuple[int, Any]]]:
    """What makes a row, and which of its columns have to be turned."""
    if not isinstance(statement, SelectBase):
        return None, []
    columns = list(statement.selected_columns)
    turns = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    names = [str(column.key) for column in columns]
    return partial(tuple.__new__, namedtuple("Row", names)), [(place, turn) for place, turn in enumerate(turns) if turn is not None]


# By kind of database, statement and names of its values.
_COMPILED: dict[str, dict[tuple[Any, tuple[str, ...]], _Compiled]] = defaultdict(dict)


class _Hand:
    """What runs the statements of one connection: its one cursor, for whatever that finds is fetched at once, and who listens.

    A connection on which something went wrong is used no more, and its hand with it.
    """

    def __init__(self, connection: Connection) -> None:
        self.dialect = connection.dialect
        self.cursor: Any = connection.connection.cursor()
        self.listeners = connection.engine.dispatch
        self.keeps_plans = False
        self._known = _COMPILED[self.dialect.name]

    def compiled(self, statement: Any, values: Mapping[str, Any]) -> _Compiled:
        """The statement for these values."""
        names = tuple(values)
        known = self._known.get((statement, names))
        if known is None:
            known = self._known[statement, names] = _Compiled(statement, self.dialect, names)
        return known


_HANDS: WeakKeyDictionary[Connection, _Hand] = WeakKeyDictionary()


def _hand(connection: Connection) -> _Hand:
    hand = _HANDS.get(connection)
    if hand is None:
        hand = _HANDS[connection] = _Hand(connection)
    return hand


def found(connection: Connection, statement: Any, values: Mapping[str, Any]) -> list[Any]:
    """The rows that a statement finds, by the names of its columns. Raises what Core raises.

    The statement is one object for the life of the process and holds no list that grows with its values.
    """
    compiled, cursor = _run(connection, statement, values)
    return list(map(compiled.row, cursor.fetchall()))


def found_as(connection: Connection, statement: Any, values: Mapping[str, Any], make: Callable[[Sequence[Any]], T]) -> list[T]:
    """As `found`, each row made of the values of its columns in their order."""
    compiled, cursor = _run(connection, statement, values)
    return list(map(make, map(compiled.read, cursor.fetchall())))


def remembered(connection: Connection, statement: Any, make: Callable[[list[Any]], T]) -> T:
    """What is made of the rows that a statement without values finds. As long as it finds the same, it is the same object."""
    compiled, cursor = _run(connection, statement, {})
    return compiled.remembered(cursor.fetchall(), make)


def change(connection: Connection, statement: Any, values: Mapping[str, Any]) -> int:
    """Run a statement that finds nothing; how many rows it touched. As with `found`; an insert is `inline()`."""
    return int(_run(connection, statement, values)[1].rowcount)


def change_many(connection: Connection, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run it for each of these, all with the same names."""
    if rows:
        compiled = _hand(connection).compiled(statement, rows[0])
        _run_many(connection, compiled, list(map(compiled.given, rows)))


def change_rows(connection: Connection, statement: Any, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    """As `change_many`, for very many rows: each a tuple of plain values in the order of the names, given to the driver as they are."""
    if rows:
        compiled = _hand(connection).compiled(statement, dict.fromkeys(names))
        _run_many(connection, compiled, compiled.plain(rows))


def run_text(connection: Connection, text: str) -> None:
    """Run a statement of SQLite without values, what it finds read by nobody. Raises what Core raises."""
    try:
        _hand(connection).cursor.execute(text).fetchall()
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_core(connection, text, None, error) from error


def keep_plans(connection: Connection, keep: bool) -> None:
    """Whether the plans of what is run on this connection, until it is said anew, are kept for the next time: for single rows by key."""
    _hand(connection).keeps_plans = keep and connection.dialect.name == "postgresql"


def _run(connection: Connection, statement: Any, values: Mapping[str, Any]) -> tuple[_Compiled, Any]:
    """What was run, and the cursor that has what it found."""
    hand = _HANDS.get(connection) or _hand(connection)
    compiled = hand.compiled(statement, values)
    given = compiled.given(values)
    if hand.listeners.before_cursor_execute:
        _tell(connection, hand, compiled.text, given, many=False)
    try:
        if hand.keeps_plans:
            hand.cursor.execute(compiled.text, given, prepare=True)
        else:
            hand.cursor.execute(compiled.text, given)
    except hand.dialect.loaded_dbapi.Error as error:
        raise _as_core(connection, compiled.text, given, error) from error
    return compiled, hand.cursor


def _run_many(connection: Connection, compiled: _Compiled, rows: Sequence[Any]) -> None:
    hand = _hand(connection)
    _tell(connection, hand, compiled.text, rows, many=True)
    try:
        hand.cursor.executemany(compiled.text, rows)
    except hand.dialect.loaded_dbapi.Error as error:
        raise _as_core(connection, compiled.text, rows, error) from error


def _tell(connection: Connection, hand: _Hand, text: str, given: Any, *, many: bool) -> None:
    """Whoever counts statements, or stops between two of them, hears of these too."""
    for listener in hand.listeners.before_cursor_execute:
        listener(connection, hand.cursor, text, given, None, many)


def commit(connection: Connection) -> None:
    """End a transaction well. Core begins one of its own where it is used; where it was not, the driver's alone is ended."""
    if connection.in_transaction():
        connection.commit()
        return
    for listener in _hand(connection).listeners.commit:
        listener(connection)
    try:
        connection.connection.commit()
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_core(connection, "COMMIT", None, error) from error


def _as_core(connection: Connection, text: str, given: Any, error: Exception) -> Exception:
    """What Core raises where the driver raises `error`."""
    return DBAPIError.instance(text, given, error, connection.dialect.loaded_dbapi.Error, dialect=connection.dialect)


def places(number: int) -> list[Any]:
    """For so many values, one by one: what is prepared holds no list that grows."""
    return [bindparam(f"of_{place}") for place in range(number)]


def listed(values: Sequence[Any]) -> dict[str, Any]:
    """The values for `places`."""
    return {f"of_{place}": value for place, value in enumerate(values)}
