"""Questions asked at every request: written with the ORM, compiled once, and prepared by a database that can.

    OF_NAME = Prepared(User.objects.filter(username=Given("name", models.CharField())))
    person = OF_NAME.first(name="ada")

Compiling takes Django ten times as long as asking, and planning takes Postgres as long again. Nothing that was answered
is remembered: each asking is a query.
"""

from functools import cached_property
from itertools import count
from typing import Any, Generic, NamedTuple, TypeVar
from weakref import WeakSet

from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=models.Model)
NUMBERS = count(1)


class Given(models.Value):
    """Stands in a question for a value that comes with each asking."""

    def as_sql(self, *_: Any) -> tuple[str, tuple[Any, ...]]:
        """Keep a place free in the SQL."""
        return "%s", (self,)

    def among(self, values: dict[str, Any]) -> Any:
        """This asking's value, as the database takes it."""
        return self.output_field.get_db_prep_value(values[self.value], connection)


class Compiled(NamedTuple):
    """What is the same at every asking."""

    sql: str
    places: tuple[Any, ...]
    compiler: SQLCompiler
    converters: dict[int, Any]
    names: list[str]
    beside: list[Any]


class Prepared(Generic[M]):
    """One question, with places for the values that are given when it is asked."""

    def __init__(self, question: "models.QuerySet[M]") -> None:
        self.question = question
        self.name = f"prepared_{next(NUMBERS)}"
        self.known_to: WeakSet[Any] = WeakSet()

    def first(self, **values: Any) -> M | None:
        """The first answer, or none."""
        return next(iter(self.all(**values)), None)

    def all(self, **values: Any) -> list[M]:
        """Every answer, as the model's own instances."""
        compiled = self.compiled
        places = [place.among(values) if isinstance(place, Given) else place for place in compiled.places]
        with connection.cursor() as cursor:
            self.ask(cursor, places)
            rows = cursor.fetchall()
        if compiled.converters:
            rows = compiled.compiler.apply_converters(rows, compiled.converters)
        return [self.instance(row) for row in rows]

    def ask(self, cursor: CursorWrapper, places: list[Any]) -> None:
        """SQLite prepares for itself; Postgres is told once for each connection, and does not plan again."""
        if connection.vendor != "postgresql":
            cursor.execute(self.compiled.sql, places)
            return
        if connection.connection not in self.known_to:
            numbered = self.compiled.sql % tuple(f"${number}" for number, _ in enumerate(places, start=1))
            cursor.execute(f"PREPARE {self.name} AS {numbered}")
            self.known_to.add(connection.connection)
        cursor.execute(f"EXECUTE {self.name} ({', '.join(['%s'] * len(places))})", places)

    @cached_property
    def compiled(self) -> Compiled:
        """Made at the first asking, when the database is known."""
        compiler = self.question.query.get_compiler(connection=connection)
        sql, places = compiler.as_sql()
        columns = [column for column, _, _ in compiler.select]
        names = [columns[at].target.attname for at in compiler.klass_info["select_fields"]]
        beside = get_related_populators(compiler.klass_info, compiler.select, connection.alias)  # type: ignore[call-arg]
        return Compiled(sql, places, compiler, compiler.get_converters(columns), names, beside)

    def instance(self, row: Any) -> M:
        """One answer with what was selected beside it, as Django's own iterator makes it."""
        compiled = self.compiled
        answer = self.question.model.from_db(connection.alias, compiled.names, row[: len(compiled.names)])
        for populator in compiled.beside:
            populator.populate(row, answer)
        for name, at in compiled.compiler.annotation_col_map.items():
            setattr(answer, name, row[at])
        return answer
