"""Which test is running: one object for recorder, pacer and collector, switched in one place."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from msgspec import structs

from nhq.model import Identity
from nhq.record.case_row import CaseRow, GeneratedRow


@dataclass(slots=True, eq=False, weakref_slot=True)
class TestContext:
    """The state that belongs to one test while it runs, and is suspended with it.

    `paced`: its requests wait for allowance. `claimed` are the labels of keys whose windows it uses on purpose: while
    it waits, no other test uses them. `background`: it is no test, but what is sent beside the tests. `case` is the
    part of it that is under way; `asked` the only part that is wanted, where a case is played again. `varied` are the
    variants that were sent.
    """

    __test__ = False

    name: str = ""
    paced: bool = True
    claimed: set[str] = field(default_factory=set)
    background: bool = False
    case: CaseRow | None = None
    asked: CaseRow | None = None
    varied: set[int] = field(default_factory=set)

    def vary(self, variant: int | None) -> None:
        """From now on this variant is under way; None: none is."""
        self.varied.update(() if variant is None else (variant,))
        if self.case is not None:
            self.case = structs.replace(self.case, variant=variant)

    def request(self, request: GeneratedRow | None, keyless: bool) -> None:
        """From now on this generated request is under way."""
        if self.case is not None:
            self.case = structs.replace(self.case, request=request, keyless=keyless)

    def play(self, sequence: str) -> None:
        """This sequence of a state machine shows what it found."""
        if self.case is not None:
            self.case = structs.replace(self.case, sequence=sequence)

    @contextmanager
    def unpaced(self) -> Iterator[None]:
        """In this context none of its requests waits."""
        before, self.paced = self.paced, False
        try:
            yield
        finally:
            self.paced = before


class Running:
    """The running test, the suspended ones, and those inside which another one was resumed."""

    def __init__(self) -> None:
        self._present = TestContext()
        self._aside: dict[str, TestContext] = {}
        self._outer: list[TestContext] = []
        self._busy: set[str] = set()

    @property
    def present(self) -> TestContext:
        """The test that runs; before the first, one without a name."""
        return self._present

    def begin(self, name: str, case: CaseRow | None = None, asked: CaseRow | None = None) -> None:
        """Another test begins; `asked` is all that is wanted of it, where that isn't the whole."""
        self._present = TestContext(name, case=case, asked=asked)

    def put_aside(self) -> None:
        """The present test waits: its keys stay claimed."""
        self._aside[self._present.name] = self._present

    def waits(self, name: str) -> bool:
        """Is this test suspended?"""
        return name in self._aside

    @contextmanager
    def resumed(self, name: str) -> Iterator[None]:
        """Within, a test that was put aside is the present one; then the one in whose midst it went on."""
        self._outer.append(self._present)
        self._present = self._aside.pop(name)
        try:
            yield
        finally:
            self._present = self._outer.pop()

    @contextmanager
    def beside(self, context: TestContext) -> Iterator[None]:
        """Within, what is sent beside the tests is the present one."""
        before, self._present = self._present, context
        try:
            yield
        finally:
            self._present = before

    def occupy(self, labels: Iterable[str]) -> None:
        """The keys that what is sent beside the tests uses now: tests take others meanwhile."""
        self._busy = set(labels)

    def claimed_by_others(self) -> set[str]:
        """The labels of keys that tests which wait have claimed."""
        return set().union(*(one.claimed for one in (*self._outer, *self._aside.values())))

    def waiting_for(self, label: str) -> str:
        """The test that has claimed a key alone and waits, or "": others that run would be disturbed."""
        if any(label in one.claimed for one in (self._present, *self._outer)):
            return ""
        names = [name for name, one in self._aside.items() if label in one.claimed]
        return names[0] if len(names) == 1 else ""

    def claimed(self) -> set[str]:
        """The labels of keys whose windows tests use on purpose, the present one among them."""
        return self._present.claimed | self.claimed_by_others()

    def free(self, keys: Sequence[Identity]) -> list[Identity]:
        """The keys that no waiting test has claimed; all of them where none would be left.

        Of these rather those that aren't in use beside the tests.
        """
        claimed = self.claimed_by_others()
        free = [key for key in keys if key.label not in claimed]
        return [key for key in free if key.label not in self._busy] or free or list(keys)
