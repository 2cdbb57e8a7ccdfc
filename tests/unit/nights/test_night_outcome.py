"""What a night ends with."""

from dataclasses import replace

import pytest
from made_nights import make_night, sighting

from nhq.contract.approvals import StanzaUse, Use
from nhq.model import Level
from nhq.nights.night import Night, Sighting
from nhq.nights.night_storage import Remembered, remember_night
from nhq.nights.night_store import NightStore

PAGE = sighting("PAGE-LIMIT", "/data")


def run(store: NightStore, night: Night, watch_lost: bool = True) -> Remembered:
    """One night from its begin to its end."""
    number = store.begin(night.target, night.started, night.contract, night.suite, night.seed)
    return remember_night(store, number, night, watch_lost)


def codes(store: NightStore, *nights: Night) -> list[int]:
    return [run(store, night).outcome.exit_code for night in nights]


def test_only_new_and_back_fail_a_night(store: NightStore) -> None:
    """A finding fails the night that sees it first and the one it comes back in; known and gone ones don't."""
    assert codes(store, make_night(PAGE), make_night(PAGE), make_night(), make_night(PAGE)) == [1, 0, 0, 1]


def test_a_rule_that_is_no_longer_judged_fails(store: NightStore) -> None:
    """What the night before judged and this one doesn't fails, named, unless --require says what must be judged."""
    run(store, make_night())
    blind = make_night(unjudged=("AUTH-ABSENT",))
    assert run(store, blind, watch_lost=False).outcome.exit_code == 0
    run(store, make_night())
    lost = run(store, blind).outcome
    assert (lost.exit_code, lost.reasons) == (1, ("no longer judged: AUTH-ABSENT",))


def test_an_approved_finding_fails_nothing(store: NightStore) -> None:
    """A finding that the approvals file accepts is no reason, on its first night and when it is back."""
    approved = frozenset({PAGE.fingerprint})
    assert (
        codes(store, make_night(PAGE, approved=approved), make_night(), make_night(PAGE, approved=approved)) == [0] * 3
    )


@pytest.mark.parametrize(
    ("uses", "exits"),
    [
        ("used unused unused unused unused used", [0, 0, 0, 1, 1, 0]),
        ("unused unused unused", [0, 0, 1]),
        ("used unused used unused unused", [0, 0, 0, 0, 0]),
        ("used unused unseen unused unseen unused", [0, 0, 0, 0, 0, 1]),
        ("unused cut cut unused unused", [0, 130, 130, 0, 1]),
    ],
)
def test_a_stanza_fails_when_its_finding_is_gone_for_three_judged_nights(
    store: NightStore, uses: str, exits: list[int]
) -> None:
    """Neither the first night without it nor one that didn't look for it fails, and a night that has it begins anew."""
    assert codes(store, *map(with_stanza, uses.split())) == exits


def with_stanza(use: str) -> Night:
    """A night in which a stanza was of this use; `cut`: one that was interrupted, and knows of no stanza."""
    if use == "cut":
        return make_night(interrupted=True)
    problem = "approval 1 (PAGE-LIMIT, api) approves nothing here" if use == "unused" else ""
    return make_night(stanzas=(StanzaUse("0123456789ab", Use(use), problem),))


def test_a_stale_stanza_is_named(store: NightStore) -> None:
    """The reason says which it is, and for how many nights its finding was gone."""
    (reason,) = [run(store, with_stanza("unused")).outcome.reasons for _ in range(3)][-1]
    assert reason == "approval 1 (PAGE-LIMIT, api) approves nothing here (gone for 3 judged nights)"


def test_rules_that_our_trouble_cost_are_no_reason(store: NightStore) -> None:
    """A rule that wasn't judged in a night with trouble on our side is no 1; one that is still lost later is."""
    blind, troubles = {"unjudged": ("AUTH-ABSENT",)}, ("test_x: no answer",)
    assert codes(store, make_night(), make_night(**blind, troubles=troubles), make_night(**blind)) == [0, 2, 1]


def test_an_expired_approval_fails(store: NightStore) -> None:
    """What is wrong with the approvals file itself is a reason."""
    assert run(store, make_night(complaints=("expired: PAGE-LIMIT",))).outcome.exit_code == 1


def test_what_is_proven_counts_although_it_did_not_come_again(store: NightStore) -> None:
    """A recorded exchange that breaks a sentence fails its first night, seen 1 of 4; an inference alone is withheld."""
    flaky = replace(PAGE, tries=4)
    told = run(store, make_night(flaky)).outcome
    assert told.exit_code == 1
    assert "seen 1 of 4" in told.reasons[0]
    inferred: Sighting = replace(flaky, fingerprint="x", proven=False)
    assert run(store, make_night(inferred)).outcome.exit_code == 0


def test_a_warning_fails_nothing(store: NightStore) -> None:
    """A finding of a rule that only should hold is told, and fails no night."""
    assert run(store, make_night(replace(PAGE, level=Level.SHOULD))).outcome.exit_code == 0


def test_a_night_in_which_nothing_was_judged_is_our_trouble(store: NightStore) -> None:
    """Nothing judged at all: 2 on the first night."""
    assert run(store, make_night(cells=())).outcome.exit_code == 2


def test_an_interrupted_night_ends_with_130(store: NightStore) -> None:
    """A night that was stopped says so, and is not what the next one is compared with."""
    run(store, make_night())
    assert run(store, make_night(interrupted=True, cells=())).outcome.exit_code == 130
    assert run(store, make_night()).outcome.exit_code == 0


def test_what_an_interrupted_night_saw_first_fails_the_next(store: NightStore) -> None:
    """A night that was cut short failed for nothing: what it alone saw is new in the next, not known."""
    assert codes(store, make_night(PAGE, interrupted=True), make_night(PAGE), make_night(PAGE)) == [130, 1, 0]


def test_trouble_of_ours_is_not_green(store: NightStore) -> None:
    """A night with trouble on our side ends with 2, and with 1 where something is new."""
    troubles = ("test_x: the test itself crashed",)
    assert codes(store, make_night(troubles=troubles), make_night(PAGE, troubles=troubles)) == [2, 1]


def test_less_than_required_is_two_unless_something_is_new(store: NightStore) -> None:
    """What --require asks for and the night didn't judge ends it with 2; a broken promise stays 1."""
    for night, code in ((make_night(), 2), (make_night(PAGE), 1)):
        number = store.begin(night.target, night.started, night.contract, night.suite, night.seed)
        assert remember_night(store, number, night, lacking="--require 9: 3 rules judged").outcome.exit_code == code
