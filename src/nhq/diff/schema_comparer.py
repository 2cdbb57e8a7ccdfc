"""Compares pairs of schemas, each pair once, and none for longer than it is worth."""

from nhq.diff.compare_schemas import EditAnswer, Judged, compare_schemas
from nhq.diff.comparison_effort import is_easy
from nhq.diff.comparison_worker import ComparisonWorker
from nhq.diff.json_schema import Schema, bare_schema, schema_text
from nhq.diff.text_values import AS_TEXT
from nhq.diff.witness_search import JSON

#: Seconds for one hard comparison, and for all of them.
ONE, ALL = 5.0, 60.0


class Comparer:
    """Remembers what it has compared. `close` ends the process that hard comparisons ran in, if there was one."""

    def __init__(self, one: float = ONE, total: float = ALL) -> None:
        self._known: dict[tuple[str, str, bool], list[Judged]] = {}
        self._worker = ComparisonWorker(one, total)
        self.undecided = 0

    @property
    def compared(self) -> int:
        """How many pairs of schemas were compared."""
        return len(self._known)

    def compare(self, small: Schema, big: Schema, is_text: bool = False) -> list[Judged]:
        """What differs, judged; nothing where the two are the same. `is_text`: the value travels as text.

        A comparison that isn't done in time is undecided.
        """
        one, other = schema_text(bare_schema(small)), schema_text(bare_schema(big))
        if one == other:
            return []
        key = (schema_text(small), schema_text(big), is_text)
        if key not in self._known:
            self._known[key] = self._compared(small, big, is_text)
            self.undecided += any(judged.answer is EditAnswer.UNDECIDED for judged in self._known[key])
        return self._known[key]

    def _compared(self, small: Schema, big: Schema, is_text: bool) -> list[Judged]:
        if is_easy(small, big):
            return compare_schemas(small, big, AS_TEXT if is_text else JSON)
        return self._worker.compare(small, big, is_text) or [Judged(None, EditAnswer.UNDECIDED)]

    def close(self) -> None:
        """End what runs for it."""
        self._worker.close()
