"""Second looks: where other clients act, a test that finds something is run again before it counts.

Somebody else may pause a campaign, delete a list or import a lead at any moment between two requests of ours. A change
that the server made comes again with the request; one that somebody else happened to make does not, as often as the
test is run. So what a scenario finds convicts when every look shows it, three of them; one look that shows it kept
acquits. What a single answer shows by itself (its schema, its headers) is nobody else's doing, and is judged at once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from nhq.client.guard import effect_of
from nhq.contract import Contract
from nhq.model import Effect, Exchange, Observation, unknown, violated
from nhq.run.collector import Collector
from nhq.scenarios.judge import Broken, Judge

#: Looks that must all show a thing broken, and how many are made until so many have shown anything.
AGREEING, LOOKS = 3, 6
#: Looks in a row that show nothing, neither broken nor kept, after which no more are made: what was looked at is gone.
VAIN = 2
ONCE = "found in {} of {} attempts: another client may have caused it"
GONE = "found in {} of {} attempts, then never again: another client may have caused it"
#: The one operation that reaches people and may be tried again: on campaigns that their owner named for such use.
TURNING = "run_campaign_action"

Key = tuple[str, str | None]


class SecondLooks:
    """The looks of one test so far."""

    def __init__(self, judge: Judge, collector: Collector) -> None:
        self._judge, self._collector = judge, collector
        self._seen: Counter[Key] = Counter()
        self._shown: dict[Key, list[Observation]] = {}
        self._about: dict[Key, frozenset[str]] = {}
        self._kept: set[Key] = set()
        self.looks = 0
        self._vain = 0

    def looked(self) -> None:
        """One more look is over: what it showed is taken from the judge. One that showed nothing counts for nothing."""
        found: dict[Key, list[Observation]] = {}
        about: dict[Key, frozenset[str]] = {}
        suspects, held = self._judge.take_look()
        telling = bool(suspects or held)
        self.looks, self._vain = self.looks + telling, 0 if telling else self._vain + 1
        for suspect in suspects:
            key = suspect.observation.rule, suspect.observation.operation
            found.setdefault(key, []).append(suspect.observation)
            about[key] = about.get(key, frozenset()) | suspect.about
        self._kept |= held - found.keys()
        self._seen.update(found.keys())
        self._shown |= found
        self._compare(about)

    def _compare(self, about: Mapping[Key, frozenset[str]]) -> None:
        """What is shown of other things each time is other things' doing."""
        for key, things in about.items():
            before = self._about.get(key, things)
            self._about[key] = before & things
            if before and not self._about[key]:
                self._kept.add(key)

    @property
    def wanted(self) -> bool:
        """Should the test be run once more?"""
        open_still = any(self._seen[key] < AGREEING for key in self._seen.keys() - self._kept)
        return open_still and self.looks < LOOKS and self._vain < VAIN

    @property
    def exchanges(self) -> list[int]:
        """The exchanges that show what was found so far."""
        return [n for seen in self._shown.values() for one in seen if one.finding for n in one.finding.exchanges]

    def settle(self) -> None:
        """Tell the collector: what every look showed is found, the rest unknown."""
        for key, seen in self._shown.items():
            if key not in self._kept and self._seen[key] >= AGREEING:
                self._judge.tell(seen)
            else:
                cause = GONE if self._vain >= VAIN else ONCE
                self._collector.observe([unknown(*key, cause.format(self._seen[key], self.looks))])

    def convict(self) -> None:
        """Tell the collector all that was found, where no second look is possible."""
        for seen in self._shown.values():
            self._judge.tell(seen)


def run_with_second_looks(judge: Judge, collector: Collector, contract: Contract, body: Callable[[], object]) -> None:
    """Run a test's body; again while it finds something, where nothing is put back. Raises what the first run raises.

    A test that sent a message or spent a credit is not run again: it judges by what bears a word of its own.
    """
    looks = SecondLooks(judge, collector)
    problem = _look(judge, body)
    looks.looked()
    if may_be_repeated(collector.log(), contract):
        while looks.wanted:
            _look(judge, body)  # what ends it early is told of the first look only
            looks.looked()
        looks.settle()
    else:
        looks.convict()
    if problem is not None:
        raise problem


def _look(judge: Judge, body: Callable[[], object]) -> Exception | None:
    """One look, and what ended it early."""
    try:
        body()
    except Broken as broken:
        judge.suspect(violated(broken.finding))
    except Exception as problem:
        return problem
    return None


def may_be_repeated(exchanges: Iterable[Exchange], contract: Contract) -> bool:
    """May what a test has sent be sent again? Reads and writes of things of our own may."""
    grave = (Effect.SEND, Effect.SPEND)
    return not any(
        effect_of(contract, sent.method, sent.path)[1] in grave and sent.operation != TURNING for sent in exchanges
    )
