"""The curve of live runs: what is read from where the first finding came, and how the page keeps it."""

from dataclasses import replace

import pytest

from nhq.mutation.faults.catalogue import FAULTS, find_fault
from nhq.mutation.live_bench import Live
from nhq.mutation.live_curve import (
    Curve,
    counted_faults,
    curve_section,
    in_seeded_order,
    of_one_length,
    wilson_interval,
)
from nhq.mutation.mutant_status import MutantOutcome, MutantStatus
from nhq.mutation.mutation_page import renew_page, with_live_part

HONEST = MutantOutcome("noop", MutantStatus.CLEAN, requests=900, judged={"PAGE-CURSOR": 20, "PAGE-TERMINATES": 400})


@pytest.fixture
def curve() -> Curve:
    """Three faults: seen at once, seen late, and not at all."""
    seen = [MutantOutcome(f"f{at}", MutantStatus.KILLED, at=at, requests=at) for at in (180, 181)]
    return Curve(Live(), [*seen, MutantOutcome("lost", MutantStatus.SURVIVED, requests=3000)], HONEST)


def test_a_fault_is_killed_by_the_request_that_showed_it(curve):
    """The mark itself counts, and what nobody saw counts nowhere."""
    assert [curve.killed(mark) for mark in (179, 180, 181, 3000)] == [0, 1, 2, 2]
    assert [outcome.fault for outcome in curve.survivors] == ["lost"]


def test_a_rule_is_judged_by_the_request_that_showed_it_first(curve):
    """Of an honest mock, whose run nothing ends."""
    assert [curve.judged(mark) for mark in (19, 20, 400)] == [0, 1, 2]


def test_percentages_are_over_faults_that_break_a_rule():
    """`noop` and silent faults can't be killed."""
    assert counted_faults([find_fault("noop"), *(fault for fault in FAULTS if fault.silent)]) == []


def test_what_is_wrong_by_seconds_is_shown_in_windows_of_a_minute():
    """A second of five is more than a second of sixty."""
    faults = [find_fault("has-windows-of-61-seconds"), find_fault("pauses-drafts")]
    split = {live.window: [fault.id for fault in some] for live, some in of_one_length(faults, Live(window=5))}
    assert split == {60: ["has-windows-of-61-seconds"], 5: ["pauses-drafts"]}


def test_survivors_are_told_with_what_they_do(curve):
    """Whoever reads the page knows what escapes."""
    told = "\n".join(curve_section(curve, 3, {"lost": "It hides."}, "nhq mutation --live"))
    assert "| 180 | 1 of 3 (33.3 %; 6.1 to 79.2) | 1 of 3 |" in told
    assert "| lost | It hides. | 3,000 |  |" in told


def test_a_run_that_was_stopped_has_looked_at_a_fair_sample(curve):
    """The seed alone decides the order, and the page says how many were looked for."""
    order = [fault.id for fault in in_seeded_order(FAULTS, 1)]
    assert order == [fault.id for fault in in_seeded_order(FAULTS, 1)]
    assert order != [fault.id for fault in FAULTS]
    assert sorted(order) == sorted(fault.id for fault in FAULTS)
    told = "\n".join(curve_section(replace(curve, wanted=9), 3, {"lost": ""}, "nhq mutation --live"))
    assert "3 faults of 9 in an order by the seed" in told


def test_a_share_of_a_sample_is_told_with_its_confidence():
    """Wilson's interval holds the true share of all in 95 of 100 samples, at the ends, too."""
    assert [round(bound, 3) for bound in wilson_interval(95, 100)] == [0.888, 0.978]
    assert wilson_interval(10, 10)[1] == 1.0
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_only_the_runs_that_were_asked_for_are_made():
    """By itself, one run after the other, up to the most requests."""
    assert Live(requests=600).marks == (180, 300, 600)
    assert Live(at=(3000, 900)).marks == (900, 3000)


def test_the_page_keeps_one_part_for_each_number_of_keys():
    """A part is made anew in its place; the others, the faults and the mutants stay."""
    page = "# Power\n\nfaults\n\n## Mutants\n\ntheirs\n"
    for lines in (["### 6 keys", "", "old"], ["### 22 keys", "", "wide"], ["### One key", "", "one"]):
        page = with_live_part(page, lines)
    page = with_live_part(page, ["### 6 keys", "", "new"])
    assert page.startswith("# Power\n\nfaults\n\n## Live runs")
    assert page.endswith("### One key\n\none\n\n### 6 keys\n\nnew\n\n### 22 keys\n\nwide\n\n## Mutants\n\ntheirs\n")
    assert renew_page(page, ["# Power", "", "faults"]) == page
