"""Sharing: named only where counting the keys as one explains everything, and never at any price."""

from collections.abc import Iterable
from types import ModuleType

import pytest

from nhq.ratelimit import Name, check_history
from nhq.ratelimit.checker.admissions import judge_statuses
from nhq.ratelimit.checker.anomalies import EvidenceSource
from nhq.ratelimit.checker.partition import KeyBlock, RateLimitPromise, history_blocks
from nhq.ratelimit.checker.shared_counter import Trials, name_sharing

SHARED = "a:0+ b:1+ a:2+ b:3x"


def test_keys_that_count_too_much_each_for_itself_do_not_share(notation: ModuleType) -> None:
    """Two keys that are each refused too early, also when taken together, are not said to share."""
    verdicts = check_history(notation.parse("a:0+ a:1x b:10+ b:11x"), 3, 60.0, fresh=True)
    assert verdicts.names - {Name.HEADER_MISSING} == {Name.PREMATURE_429}


def test_two_sharers_are_told_from_a_third_key(notation: ModuleType) -> None:
    """Among three keys, the two that share are named, with each other, and the third is left out."""
    again = "a:61+ b:62+ a:63+ b:64x"
    alone = "c:0+ c:1+ c:2+ c:3x c:61+ c:62+ c:63+ c:64x"
    verdicts = check_history(notation.parse(f"{SHARED} {again} {alone}"), 3, 60.0, fresh=True)
    shared = [found for found in verdicts.findings if found.name is Name.KEYS_SHARING]
    assert [found.key for found in shared] == ["b"]
    assert "requests of a are added" in shared[0].actual
    assert shared[0].witness == (1, 0)
    assert shared[0].source is EvidenceSource.STATUSES


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a:0+ a:1+ a:2+ b:3x", {Name.KEYS_SHARING}),
        ("a:0+ a:1+ b:2+ b:3x", {Name.KEYS_SHARING}),
        ("a:0+ a:1+ a:2+ b:3x b:4x", {Name.KEYS_SHARING}),
        ("a:0+ a:1+ b:3x a:4+", {Name.PREMATURE_429}),
    ],
)
def test_a_first_refusal_when_the_keys_together_have_spent_the_limit_is_a_sign(
    notation: ModuleType, text: str, names: set[Name]
) -> None:
    """Be it the key's very first request; not a refusal that came while there was something left."""
    assert check_history(notation.parse(text), 3, 60.0, fresh=True).names - {Name.HEADER_MISSING} == names


def test_without_trials_left_the_symptoms_stay(notation: ModuleType) -> None:
    """Naming is bounded: when no trial is left, what was found is still found."""
    promise = RateLimitPromise(3, 60.0, fresh=True)
    (block,) = history_blocks(notation.parse(SHARED), promise)
    found = list(judge_statuses(block, promise))

    def judge(merged: KeyBlock) -> Iterable[object]:
        return judge_statuses(merged, promise)

    assert name_sharing(block, found, judge, judge, Trials(0)) == found


def test_many_requests_of_others_are_no_proof_of_sharing(notation: ModuleType) -> None:
    """A 429 that came too early, without the keys together having just spent the limit, has another cause."""
    verdicts = check_history(notation.parse("a:0+ a:10x b:0+ b:1+ b:2+"), 3, 60.0, fresh=True)
    assert verdicts.names - {Name.HEADER_MISSING} == {Name.PREMATURE_429}


@pytest.mark.parametrize("alone", [True, False])
def test_sharers_of_different_blocks_are_found(notation: ModuleType, alone: bool) -> None:
    """Keys that are judged in blocks apart are compared afterwards, whatever lies between them."""
    others = " ".join(f"k{key:02}:{at}+" for key in range(20) for at in range(3))
    history = notation.parse(f"a:0+ a:2+ a:3.5x {others} z:1+ z:3x")
    apart = check_history(history, 3, 60.0, fresh=True, alone=alone, size=4)
    (shared,) = [one for one in apart.admissions.findings + apart.admissions.doubts if one.name is Name.KEYS_SHARING]
    told = "its counts and 429s are right once the requests of"
    assert (shared.key, shared.actual) in {("a", f"{told} z are added"), ("z", f"{told} a are added")}
