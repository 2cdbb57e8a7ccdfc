"""How findings stand from night to night."""

import pytest
from made_nights import make_night, sighting

from nhq.model import Verdict
from nhq.nights.finding_states import finding_standings, lost_rules, night_marks
from nhq.nights.night import FindingStanding, FindingState, Night, RuleCell

PAGE = sighting("PAGE-LIMIT", "/data")
OTHER = sighting("PAGE-LIMIT", "/pagination")
SEEN, CLEAN, BLIND = "seen", "clean", "blind"


def course(*nights: str) -> list[str]:
    """The states of one finding over nights in which it is seen, its rule holds, or nobody looks."""
    before: dict[str, FindingStanding] = {}
    told = []
    for number, kind in enumerate(nights, 1):
        night = make_night(*([PAGE] if kind == SEEN else []), unjudged=("PAGE-LIMIT",) if kind == BLIND else ())
        before |= {s.sighting.fingerprint: s for s in finding_standings(before, night, number)}
        told.append(before[PAGE.fingerprint].state.value if before else "")
    return told


@pytest.mark.parametrize(
    ("nights", "states"),
    [
        ((SEEN, SEEN, SEEN), ["new", "known", "known"]),
        ((SEEN, CLEAN, CLEAN, SEEN), ["new", "gone", "gone", "back"]),
        ((SEEN, BLIND, SEEN), ["new", "unseen", "known"]),
        ((SEEN, BLIND, CLEAN), ["new", "unseen", "gone"]),
        ((SEEN, CLEAN, BLIND, SEEN, SEEN), ["new", "gone", "gone", "back", "known"]),
        ((CLEAN, BLIND, SEEN), ["", "", "new"]),
    ],
)
def test_a_finding_is_gone_only_where_somebody_looked(nights: tuple[str, ...], states: list[str]) -> None:
    """New, known, back, gone and unseen follow from what each night saw; a night that didn't look changes nothing."""
    assert course(*nights) == states


def test_a_rule_broken_in_another_way_hides_a_finding() -> None:
    """Where the rule is broken at another place, this one is unseen, with that cause."""
    first = {s.sighting.fingerprint: s for s in finding_standings({}, make_night(PAGE), 1)}
    there = {s.sighting.fingerprint: s for s in finding_standings(first, make_night(OTHER), 2)}
    assert there[OTHER.fingerprint].state is FindingState.NEW
    assert there[PAGE.fingerprint].state is FindingState.UNSEEN
    assert "another way" in there[PAGE.fingerprint].cause


def test_what_nobody_looked_at_says_why() -> None:
    """An unseen finding carries the cause that its rule wasn't judged for."""
    first = {s.sighting.fingerprint: s for s in finding_standings({}, make_night(PAGE), 1)}
    (unseen,) = finding_standings(first, make_night(unjudged=("PAGE-LIMIT",)), 2)
    assert unseen.cause == "key wide was refused"


def test_what_is_gone_is_told_once() -> None:
    """Neither a later night that looked, nor one that didn't, tells it again."""
    before = {s.sighting.fingerprint: s for s in finding_standings({}, make_night(PAGE), 1)}
    told = []
    for number, night in enumerate([make_night(), make_night(unjudged=("PAGE-LIMIT",)), make_night()], 2):
        before = {s.sighting.fingerprint: s for s in finding_standings(before, night, number)}
        told.append(before[PAGE.fingerprint].changed)
    assert told == [True, False, False]


def test_first_and_last_nights_are_kept() -> None:
    """A finding knows the first night that saw it, and the last."""
    one = {s.sighting.fingerprint: s for s in finding_standings({}, make_night(PAGE), 3)}
    (two,) = finding_standings(one, make_night(PAGE), 5)
    assert (two.first, two.last) == (3, 5)


def test_what_a_night_had_no_time_for_is_not_lost() -> None:
    """Nights that can't make all take turns: what another night judged fails none."""
    tonight = make_night(unjudged=("AUTH-ABSENT", "PAGE-LIMIT"), late=frozenset({"AUTH-ABSENT"}))
    assert lost_rules(make_night(), tonight) == ("PAGE-LIMIT",)


def test_a_rule_no_longer_judged_is_lost() -> None:
    """A rule that the night before judged and this one doesn't is named."""
    assert lost_rules(make_night(), make_night(unjudged=("AUTH-ABSENT",))) == ("AUTH-ABSENT",)
    assert lost_rules(None, make_night()) == ()


def test_what_changed_around_the_server_is_marked() -> None:
    """Another contract, another suite, a key with other scopes: each is marked in its night."""
    before = make_night(scopes={"wide": ("leads:read", "leads:write")})
    now = make_night(contract="c2", suite="2", scopes={"wide": ("leads:read",), "new": ("leads:read",)})
    assert night_marks(before, now) == (
        "contract c1 → c2",
        "suite 1 → 2",
        "key new: +leads:read",
        "key wide: -leads:write",
    )
    assert night_marks(before, before) == ()


def test_a_finding_survives_the_renaming_of_its_rule() -> None:
    """It is gone where the renamed rule holds; a renamed rule that nobody judges any more counts as lost."""
    former = sighting("PAGE-FORMER")
    before = {former.fingerprint: FindingStanding(former, FindingState.KNOWN, 1, 1)}
    renamed = {"PAGE-FORMER": "PAGE-LIMIT"}
    (standing,) = finding_standings(before, make_night(renamed=renamed), 2)
    assert (standing.state, standing.sighting.rule) == (FindingState.GONE, "PAGE-LIMIT")
    past = Night("t", 1.0, "c", "s", 1, 0, (RuleCell("PAGE-FORMER", "list_leads", Verdict.HOLDS),))
    assert lost_rules(past, make_night(unjudged=("PAGE-LIMIT",), renamed=renamed)) == ("PAGE-LIMIT",)
