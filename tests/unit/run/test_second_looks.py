"""Where others act, a test that finds something is run again before anybody is accused."""

import pytest

RULE = "PAGE-CURSOR"
MARK = f"@pytest.mark.rule('{RULE}')\n"


def verdict(record) -> str:
    row = next(row for row in record["rules"] if row["id"] == RULE)
    return row["cells"]["list_leads"]["verdict"]


def told(run_suite, *looks: str, undisturbed: bool = False):
    """The record of a test whose looks, one after the other, run these lines; the last one's from there on."""
    source = f"LOOKS = iter({looks!r})\nLAST = {looks[-1]!r}\n{MARK}"
    source += "def test_x(judge, proof):\n    exec(next(LOOKS, LAST))\n"
    return run_suite(source, undisturbed=undisturbed)


def look(ok: bool, about: str = "") -> str:
    return f"judge('{RULE}', {ok}, proof, expected='x', actual='y', about={[about] if about else []})"


def test_what_every_look_shows_is_found(run_suite):
    """Three looks that agree convict, once."""
    record = told(run_suite, look(ok=False))
    assert verdict(record) == "violated"
    assert [finding["count"] for finding in record["findings"]] == [1]
    assert record["tests"][0]["outcome"] == "failed"


@pytest.mark.parametrize("first", [[False], [False, False]])
def test_what_a_later_look_shows_kept_is_nobodys_fault(run_suite, first):
    """Somebody else may have done what was seen once or twice, and not again."""
    record = told(run_suite, *map(look, first), look(ok=True))
    assert verdict(record) == "unknown"
    assert record["findings"] == []


def test_where_nobody_else_acts_one_look_convicts(run_suite):
    """Nothing is run again on a target of our own."""
    record = told(run_suite, look(ok=False), look(ok=True), undisturbed=True)
    assert verdict(record) == "violated"


@pytest.mark.parametrize(("things", "expected"), [("ab", "unknown"), ("aa", "violated")])
def test_looks_must_agree_on_what_changed(run_suite, things, expected):
    """Another thing each time is others' doing; one that is always among them is not."""
    assert verdict(told(run_suite, *(look(False, thing) for thing in things))) == expected


MISSING = "raise errors.PreconditionNotMet('no campaign')"


@pytest.mark.parametrize(("then", "expected"), [([look(ok=False)], "violated"), ([], "unknown")])
def test_a_look_that_shows_nothing_is_made_again(run_suite, then, expected):
    """A campaign that somebody ended can't be acted on: the next look may show more, or none ever does."""
    assert verdict(told(run_suite, look(ok=False), MISSING, *then)) == expected


def test_looks_that_show_nothing_count_for_none(run_suite):
    """A draft that was started can't be started again: two looks in vain, and the rule is unknown with that cause."""
    record = told(run_suite, look(ok=False), MISSING)
    row = next(row for row in record["rules"] if row["id"] == RULE)
    assert "found in 1 of 1 attempts, then never again" in row["cells"]["list_leads"]["cause"]
    vain = told(run_suite, look(ok=False), MISSING, *[look(ok=False), MISSING] * 2, look(ok=False))
    assert verdict(vain) == "violated"


@pytest.mark.parametrize(("then", "expected"), [([], "violated"), ([look(ok=True)], "unknown")])
def test_a_sequence_that_breaks_is_played_again(run_suite, then, expected):
    """What a state machine raises is looked at again, too."""
    broken = f"judge.must('{RULE}', False, proof, expected='x')"
    assert verdict(told(run_suite, broken, *then)) == expected


def test_why_the_first_look_ended_is_told(run_suite):
    """What it found before it ended is still looked at again."""
    record = told(run_suite, f"{look(ok=False)}\nraise errors.PreconditionNotMet('no lead')", look(ok=False))
    assert verdict(record) == "violated"
    assert record["tests"][0]["cause"] == "no lead"


def test_what_was_sent_to_people_is_not_sent_again(run_suite):
    """A test that sent a message judges by a text of its own: it convicts at once."""
    sending = (
        "import dataclasses\n    proof = dataclasses.replace(proof, id=2, operation='send_message', method='POST',"
    )
    source = (
        f"COUNT = []\n{MARK}def test_x(judge, proof):\n    {sending} path='/conversations/c/messages')\n"
        "    COUNT.append(1)\n    judge._observer.exchange(proof)\n"
        f"    judge('{RULE}', len(COUNT) > 1, proof, expected='x', operation='list_leads')\n"
    )
    assert verdict(run_suite(source, undisturbed=False)) == "violated"
