"""Each alteration of a correct server's answers is taken for what it is: permitted, forbidden, or unreadable."""

from collections import Counter

import pytest
from forbidden import FORBIDDEN, WITHOUT_JSON
from permitted import PERMITTED
from trouble import TROUBLE

from nhq.errors import TargetError

#: Broken by what scenarios compare, not by one answer: benchmarks/hostile.py runs the whole gate against these.
COMPARED = {"surrogate"}


@pytest.mark.parametrize("mode", PERMITTED)
def test_what_is_permitted_is_found_nowhere(toured, mode):
    """However HTTP and JSON may be spelt: nothing is broken, nothing warned of, and nothing of ours crashes."""
    tour = toured(PERMITTED[mode])
    assert [(f.rule, f.operation, f.actual) for f in tour.findings] == []
    assert tour.crashes == []
    repeated = {"the kept connection had been closed"}  # a read that met a hang-up, and was asked again
    assert {exchange.trouble for exchange in tour.exchanges if exchange.status is None} <= repeated
    assert {exchange.status for exchange in tour.exchanges} - {None} == {200, 201, 404}


@pytest.mark.parametrize("mode", sorted(FORBIDDEN.keys() - COMPARED))
def test_what_is_forbidden_is_found_by_its_rule(toured, violated, mode):
    """A rule of those that forbid it names it, with what came; nothing of ours crashes over it."""
    tour = toured(FORBIDDEN[mode].alter)
    assert violated(tour) & set(FORBIDDEN[mode].rules)
    assert tour.crashes == []
    assert all(finding.actual for finding in tour.findings)


@pytest.mark.parametrize("mode", WITHOUT_JSON)
def test_a_success_without_its_json_is_one_finding_an_operation(toured, mode):
    """The cause is told once; what can't be read is not accused of anything else."""
    tour = toured(FORBIDDEN[mode].alter)
    assert set(Counter(finding.operation for finding in tour.findings).values()) == {1}
    assert {finding.rule for finding in tour.findings} == set(FORBIDDEN[mode].rules)


@pytest.mark.parametrize("mode", sorted(COMPARED))
def test_a_text_that_utf_8_does_not_have_crashes_nothing(toured, mode):
    """Half a surrogate pair once made every rule of schemas unknown, with exit 0."""
    assert toured(FORBIDDEN[mode].alter).crashes == []


@pytest.mark.parametrize("mode", ["liegzip", "br"])
def test_what_can_not_be_read_is_named(toured, mode):
    """An answer that nobody can decode is no answer, and says why."""
    with pytest.raises(TargetError, match="content-encoding"):
        toured(TROUBLE[mode].alter)


@pytest.mark.parametrize(
    ("mode", "shown"),
    [
        ("textjson", "text/json"),
        ("notype", "none"),
        ("bom", "a byte order mark"),
        ("utf16", "a byte order mark"),
        ("latin1", "not UTF-8"),
        ("nan", "NaN"),
        ("cut200", "cut off"),
        ("hour24", "T24:00:00"),
        ("arabic", "١"),
        ("half", ".5"),
        ("resetfloat", ".5"),
        ("draftlimit", "60, 60;w=60"),
        ("samejoined", "60, 60"),
        ("204", "204"),
    ],
)
def test_what_came_is_shown(toured, mode, shown):
    """A reader sees the value that breaks the promise, or what kind of thing came in its place."""
    told = [finding.actual for finding in toured(FORBIDDEN[mode].alter).findings]
    assert [actual for actual in told if shown in actual], told[:3]
