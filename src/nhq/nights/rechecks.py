"""Is a finding flaky? Its case is played three more times in the night that finds it first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from nhq.clock import Clock
from nhq.errors import NhqError
from nhq.nights.night import FindingStanding, FindingState, Night, Sighting
from nhq.record.case_file import Case, cases_of
from nhq.record.run_record import Record

#: How often a case is played again, and for how many findings per night.
TRIES, MOST = 3, 20
#: Seconds after a night's end within which a case is still begun, and what is left of it may take.
GRACE, SHORTEST = 30.0, 5.0

#: (a case, seconds) → was it shown again, and by which case.
PlayAgain = Callable[[Case, float], tuple[bool, Case]]


@dataclass(slots=True)
class Rechecks:
    """The cases of one night. `before`: the standings before it; `keep` writes a case and returns its path.

    Findings of the night before aren't played again, nor are those that are found when no time is left.
    """

    before: Mapping[str, FindingStanding]
    again: PlayAgain
    keep: Callable[[Case], str]
    clock: Clock
    until: float | None = None
    _known: dict[str, Sighting] = field(default_factory=dict)
    _played: int = 0

    def check(self, record: Record, night: Night) -> Night:
        """A round's night with how often each of its findings was reproduced, and the path of its case."""
        cases = {case.fingerprint: case for case in cases_of(record)}
        for sighting in night.sightings:
            if sighting.fingerprint not in self._known:
                case = cases.get(sighting.fingerprint)
                self._known[sighting.fingerprint] = self._checked(sighting, case) if case is not None else sighting
        return replace(night, sightings=tuple(self._known[one.fingerprint] for one in night.sightings))

    def _checked(self, sighting: Sighting, case: Case) -> Sighting:
        past = self.before.get(sighting.fingerprint)
        if (past is not None and past.state is not FindingState.GONE) or self._played >= MOST:
            return replace(sighting, case=self.keep(case))
        self._played += 1
        seen, tries = 1, 1
        while tries <= TRIES and (left := self._left()) >= SHORTEST:
            try:
                shown, case = self.again(case, left)
            except NhqError:  # the server went away: nothing is known about the finding
                break
            seen, tries = seen + shown, tries + 1
        return replace(sighting, seen=seen, tries=tries, case=self.keep(case))

    def _left(self) -> float:
        """Seconds that a case may take; 300 if the night has no end."""
        return 300.0 if self.until is None else self.until + GRACE - self.clock.monotonic()
