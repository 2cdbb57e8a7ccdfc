"""Honest mocks of other choices, as data and as text."""

from dataclasses import replace

from known_contract import CONTRACT

from nhq.mutation.control_runs import with_choices
from nhq.mutation.faults.catalogue import find_fault as fault
from nhq.mutation.kill_matrix import kill_matrix_text, mutation_data
from nhq.mutation.mutant_mock import Manner
from nhq.mutation.mutant_status import MutantOutcome
from nhq.mutation.mutation_page import page_lines
from nhq.mutation.mutation_run import NOOP, Wish, mutation_judgement
from nhq.mutation.variants.catalogue import combine_variants, find_variant
from nhq.record.mutation_rows import MutantStatus, MutationRecord
from tests.made_records import made_record

CHARSET, SHORT = find_variant("says-charset"), find_variant("has-short-pages")
CLEAN = MutantOutcome(NOOP, MutantStatus.CLEAN, requests=3000, tests=400, whole=True)
ALONE = [replace(CLEAN, variants=("says-charset",)), replace(CLEAN, variants=("has-short-pages",))]
WARNED = replace(ALONE[1], warned=("PAGE-FULL",), unjudged=("PAGE-DEFAULT-100",))
TOGETHER = replace(CLEAN, variants=("says-charset", "has-short-pages"))


def power(*outcomes: MutantOutcome) -> MutationRecord:
    data = mutation_data([fault(NOOP)], [CLEAN], CONTRACT)
    return with_choices(data, [CHARSET, SHORT], outcomes)


def test_each_choice_has_a_row_and_what_is_left_is_many_together() -> None:
    """A row tells the open question and which answer was taken, and what was warned of or not judged."""
    data = power(ALONE[0], WARNED, TOGETHER)
    first, second = data.variants
    assert (first.ambiguity, first.takes) == ("media-type-form", "application/json with a parameter")
    assert (second.warned, second.unjudged, second.found) == (("PAGE-FULL",), ("PAGE-DEFAULT-100",), ())
    assert [row.variants for row in data.combined] == [("says-charset", "has-short-pages")]
    assert mutation_judgement(data)[1] == 0


def test_a_choice_that_is_accused_spoils_the_run() -> None:
    """A finding on a correct server is a false accusation; trouble is a run that can't judge."""
    accused = replace(ALONE[0], status=MutantStatus.ELSEWHERE, others=("MEDIA-TYPE",))
    troubled = replace(ALONE[0], status=MutantStatus.TROUBLE, troubles=("a test crashed",))
    assert mutation_judgement(power(accused, WARNED))[1] == 1
    assert mutation_judgement(power(troubled, WARNED))[1] == 2
    assert mutation_judgement(power(*ALONE, replace(TOGETHER, status=MutantStatus.ELSEWHERE)))[1] == 1


def test_the_text_names_who_was_accused_of_what() -> None:
    """The table counts them, and tells what was found where nothing is wrong, what warned, what wasn't judged."""
    accused = replace(ALONE[0], status=MutantStatus.ELSEWHERE, others=("MEDIA-TYPE",))
    told = kill_matrix_text(power(accused, WARNED, TOGETHER)).splitlines()
    assert "2 mocks with one variant each: 1 with a false positive or trouble" in told
    assert "  says-charset (media-type-form): MEDIA-TYPE" in told
    assert "1 mocks with many variants together: 0 with a false positive or trouble" in told
    assert "  warned of has-short-pages: PAGE-FULL" in told
    assert "  not judged with has-short-pages: PAGE-DEFAULT-100" in told


def test_the_page_counts_and_lists_them() -> None:
    """The page beside the code has a row a choice."""
    page = list(page_lines(made_record(command="nhq mutation"), power(ALONE[0], WARNED, TOGETHER)))
    assert "2 of 2 honest mocks of one other choice, 1 of 1 of many together: no finding at all." in page
    row = next(line for line in page if line.startswith("| has-short-pages |"))
    assert row.endswith("| short-pages | clean | PAGE-FULL | PAGE-DEFAULT-100 |")


def test_honest_mocks_of_other_seeds_choose_by_their_seed() -> None:
    """Nothing is wrong with them, and each takes the combination of its own seed; the one mock chooses as usual."""
    wish = Wish([fault(NOOP)], Manner(seed=5), clean_seeds=2)
    plain, *others = wish.planted
    assert (plain.seed, plain.variants) == (5, ())
    assert [task.seed for task in others] == [6, 7]
    assert [task.variants for task in others] == [tuple(row.id for row in combine_variants(seed)) for seed in (6, 7)]
    assert {task.fault for task in wish.planted} == {NOOP}


def test_variants_are_taken_one_by_one_and_then_together() -> None:
    """Each alone in the one mock, then as many runs with many together as were asked for."""
    wish = Wish([], Manner(), variants=[CHARSET, SHORT], combinations=2)
    assert [task.variants for task in wish.free[:2]] == [("says-charset",), ("has-short-pages",)]
    assert [len(task.variants) > 40 for task in wish.free[2:]] == [True, True]
    assert wish.free[2].variants != wish.free[3].variants
