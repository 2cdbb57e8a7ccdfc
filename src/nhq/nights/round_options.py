"""The options of each round of a night: the first covers everything, further ones go deeper."""

from dataclasses import dataclass, field, replace

from nhq.client.learned_keys import LearnedKeys
from nhq.nights.night_from_record import sent_tests
from nhq.nights.night_store import last_deep, last_nights
from nhq.record.case_file import Case
from nhq.record.run_record import Record
from nhq.run.choice_of_tests import FIRST_ROUND, FURTHER_ROUND
from nhq.run.gate_options import GateOptions

#: Seconds by which a round may outlast its time: what is under way is ended.
GRACE = 30.0


@dataclass(slots=True)
class RoundOptions:
    """The options of a night's rounds, one after the other. `minutes` is the night's length; 0: one round.

    Where time is real, a round is planned and fills its part of the night with what the keys allow, and `learned` is
    what each hears of them. The first makes everything once, by worth; further ones make it deeper, what wasn't made so
    for longest first. `sent`: by scenario and place of its variant, the last night that sent it.
    """

    options: GateOptions
    minutes: float
    learned: LearnedKeys | None = None
    sent: dict[tuple[str, int], int] = field(default_factory=dict)
    _played: int = 0

    def next(self, seed: int, seconds: float) -> GateOptions:
        """What the next round is asked for, which has so many seconds; 0: as long as it takes."""
        bounded = self.options.max_minutes * 60
        if bounded and (not seconds or bounded < seconds):
            seconds, asked = bounded, f"--max-minutes {self.options.max_minutes:g}"
        else:
            asked = f"--minutes {self.minutes:g}" if self.minutes else ""
        most = replace(self.options, seed=seed, max_minutes=seconds / 60, time_limit=asked, learned=self.learned)
        most = replace(most, since=last_nights(self.sent))
        if self.learned is None or not self.minutes:
            return most
        most = replace(most, minutes=seconds / 60, max_minutes=(seconds + GRACE) / 60, every_key=True)
        if not self._played:
            return replace(most, profile="live", depths=FIRST_ROUND)
        return replace(most, depths=FURTHER_ROUND, since=last_deep(self.sent))

    def ended(self, record: Record) -> None:
        """A round has ended: what it sent comes later in the next."""
        self._played += 1
        now = max(self.sent.values(), default=0) + 1
        self.sent.update(dict.fromkeys(sent_tests(record), now))

    def again(self, case: Case, seconds: float) -> GateOptions:
        """What a case of a round is asked for, which has so many seconds: it is played as deep as it was found."""
        depth = case.part.depth or self.options.profile
        return replace(self.options, profile=depth, require=(), max_minutes=seconds / 60, learned=self.learned)
