"""From the checker's findings to the contract's rules."""

import pytest
from known_contract import CONTRACT

from nhq.load.anomaly_rules import BROKEN_BY, SHOWN_BY, load_observations, rules_of_run
from nhq.model import Verdict
from nhq.ratelimit.checker.anomalies import Anomaly, Aspect, EvidenceSource, Judgement, Name, Verdicts
from nhq.ratelimit.history.history import History

CALLED = ("list_leads", "list_campaigns")


def verdicts(verdict: Verdict, found: tuple[Anomaly, ...] = (), keys: int = 2) -> Verdicts:
    """All four alike, but where something was found."""

    def one(aspect: Aspect) -> Judgement:
        mine = tuple(f for f in found if f.aspect is aspect)
        return Judgement(aspect, Verdict.VIOLATED if mine else verdict, "because", mine)

    judged = {str(aspect): one(aspect) for aspect in Aspect}
    return Verdicts(**judged, events=10, keys=keys, windows=2)  # type: ignore[arg-type]


def test_every_finding_breaks_a_rule_of_the_contract():
    """Nothing the checker can say is without a promise, and every promise named exists."""
    rules = CONTRACT.rules
    assert set(BROKEN_BY) == set(Name)
    assert {*BROKEN_BY.values(), *(rule for shown in SHOWN_BY.values() for rule in shown)} <= set(rules)


@pytest.mark.parametrize("name", list(Name))
def test_a_finding_is_told_with_its_key_and_operation(name: Name, small_history: History):
    """As one violated observation of its rule; no other rule of the same kind is then said to hold."""
    found = Anomaly(name, "k", "60", "61", (0, 1), EvidenceSource.HEADERS)
    seen = list(load_observations(small_history, verdicts(Verdict.HOLDS, (found,)), CALLED))
    (broken,) = [one for one in seen if one.verdict is Verdict.VIOLATED]
    assert broken.finding is not None
    assert broken.rule == BROKEN_BY[name]
    assert broken.finding.where == f"{name}, key k"
    assert broken.operation == "list_campaigns"
    assert not [one for one in seen if one.rule == broken.rule and one.verdict is Verdict.HOLDS]


def test_what_was_exercised_holds_for_what_was_called(small_history: History):
    """Each rule of each question, on each operation called."""
    seen = list(load_observations(small_history, verdicts(Verdict.HOLDS), CALLED))
    assert {one.verdict for one in seen} == {Verdict.HOLDS}
    assert {one.operation for one in seen} == set(CALLED)
    assert {one.rule for one in seen} == {rule for shown in SHOWN_BY.values() for rule in shown} | {
        "RL-EXCEEDED-REMAINING",
        "RL-PER-KEY",
    }


def test_what_was_not_exercised_is_unknown_with_its_cause(small_history: History):
    """Silence is no proof."""
    seen = list(load_observations(small_history, verdicts(Verdict.UNKNOWN), CALLED))
    assert {one.verdict for one in seen} == {Verdict.UNKNOWN}
    assert all(one.cause for one in seen)


def test_one_key_says_nothing_about_others(small_history: History):
    """RL-PER-KEY needs two."""
    seen = list(load_observations(small_history, verdicts(Verdict.HOLDS, keys=1), CALLED))
    assert {one.verdict for one in seen if one.rule == "RL-PER-KEY"} == {Verdict.UNKNOWN}
    assert "RL-PER-KEY" not in rules_of_run(tuple(Aspect), verdicts(Verdict.HOLDS, keys=1))
    assert "RL-PER-KEY" in rules_of_run(tuple(Aspect), verdicts(Verdict.HOLDS, keys=2))


def test_a_run_is_about_what_it_was_made_for_and_what_it_found():
    """A finding counts, though nobody asked."""
    found = Anomaly(Name.OVER_ADMISSION, "k", "60", "61", (0,), EvidenceSource.STATUSES)
    assert rules_of_run((Aspect.RESET,), verdicts(Verdict.HOLDS)) == {"RL-RESET-EPOCH", "RL-RESET-STEADY"}
    assert "RL-EXCEEDED" in rules_of_run((Aspect.RESET,), verdicts(Verdict.HOLDS, (found,)))
