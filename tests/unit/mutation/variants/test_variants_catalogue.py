"""The catalogue of variants as data: every answer that the contract permits is planted, or said why it isn't."""

import inspect
from collections.abc import Iterator
from dataclasses import fields, replace

import pytest
from known_contract import CONTRACT

from nhq.errors import ConfigError
from nhq.mock.policies import Policies
from nhq.model import Level
from nhq.mutation.faults import catalogue as faults
from nhq.mutation.variants.catalogue import (
    MODULES,
    VARIANTS,
    choose_variants,
    combine_variants,
    find_variant,
    policy_change,
)
from nhq.mutation.variants.variant import Variant, variants_of_area

AREAS = {rule.area for rule in CONTRACT.rules.values()}

# Permitted answers that no variant takes: the question, the answer, and why.
NOT_PLANTED = {
    ("batch-items-and-request-schema", "for a body whose every entry is broken: 400"): (
        "the mock answers lead lists so, and a variant of all-malformed-leads answers leads so"
    ),
    ("suffix-form", "a result longer than 120 characters"): "the mock's own suffix makes it so",
    ("send-400-or-502", "503"): (
        "the target file of the mock names a conversation for 502 and one for 503; another answer would belie it"
    ),
    ("gateway-page", "a gateway's page: none of the three rate-limit headers, and no JSON object with `error`"): (
        "the run ends with 2 by design, and says that it could not judge: tests/live/test_trouble.py"
    ),
    (
        "headers-of-which-instant",
        "either, so an answer that is on its way when a window ends may show the next one",
    ): "the gate's clock stands still while an answer is on its way: the checker's tests simulate it",
    ("server-clock", "minutes off"): (
        "a controlled mock's clock is the suite's own: tests/live/test_variants.py has one that is off"
    ),
}


def wrong(variant: Variant) -> Iterator[str]:
    """What is wrong with a variant, held against the contract's open questions and the mock's decisions."""
    question = CONTRACT.ambiguities.get(variant.ambiguity)
    if question is None:
        yield "there is no such question"
    elif variant.takes not in question.may:
        yield "the question doesn't permit it"
    elif variant.takes == question.mock:
        yield "it is the mock's own choice"
    else:
        yield from (f"{rule} is not warned of" for rule in variant.warns if rule not in question.judged)
    replaced = [row.name for row in fields(Policies) if _replaced(variant, row.name)]
    if replaced != [variant.policy]:
        yield "it doesn't replace its one policy"


def _replaced(variant: Variant, policy: str) -> bool:
    usual = Policies()
    return getattr(variant.apply(usual), policy) is not getattr(usual, policy)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.id)
def test_a_variant_is_permitted_and_replaces_one_policy(variant: Variant) -> None:
    """It takes an answer word by word out of `may`, other than the mock's, and changes one decision alone."""
    assert list(wrong(variant)) == []
    usual = getattr(Policies(), variant.policy)
    inspect.signature(getattr(variant.apply(Policies()), variant.policy)).bind(*inspect.signature(usual).parameters)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.id)
def test_a_variant_is_whole(variant: Variant) -> None:
    """It has one sentence, names areas and rules that exist, and warns of no `must`."""
    assert variant.sentence.endswith(".")
    assert variant.sentence.count(". ") == 0
    assert variant.near
    assert set(variant.near) <= AREAS
    assert all(CONTRACT.rules[rule].level is not Level.MUST for rule in variant.warns)


def test_ids_are_unique_and_say_the_choice() -> None:
    """Each id is a few words in kebab-case, stands once, and is no fault's."""
    ids = [variant.id for variant in VARIANTS]
    assert sorted(set(ids)) == sorted(ids)
    assert set(ids).isdisjoint(faults.BY_ID)
    assert all(word.isalnum() and word == word.lower() for ident in ids for word in ident.split("-"))


def test_every_permitted_answer_is_planted_or_said_why_not() -> None:
    """What `may` permits beside the mock's own choice has a variant, or stands in the table; never both."""
    permitted = {(row.id, answer) for row in CONTRACT.ambiguities.values() for answer in row.may if answer != row.mock}
    planted = {(variant.ambiguity, variant.takes) for variant in VARIANTS}
    assert permitted - planted - set(NOT_PLANTED) == set()
    assert set(NOT_PLANTED) - permitted == set()
    assert set(NOT_PLANTED) & planted == set()


@pytest.mark.parametrize(
    ("ambiguity", "takes", "choice", "said"),
    [
        ("nobody-asks", "yes", {"price": lambda status: 2}, "no such question"),
        ("failed-enrichment-charged", "perhaps", {"price": lambda status: 2}, "doesn't permit"),
        ("failed-enrichment-charged", "no", {"price": lambda status: 2}, "own choice"),
        ("failed-enrichment-charged", "yes", {"price": Policies().price}, "doesn't replace"),
    ],
)
def test_what_is_no_variant_is_told(ambiguity: str, takes: str, choice: dict[str, object], said: str) -> None:
    """A choice that nobody permits, that is the mock's own, or that replaces nothing, fails this catalogue."""
    made = variants_of_area("enrichment")("does-something", "It does something.", ambiguity, takes, **choice)
    assert any(said in what for what in wrong(made))


def test_a_warning_must_be_announced() -> None:
    """A variant that is warned of must be so by the question's own words."""
    variant = find_variant("charges-failed-attempts")
    assert list(wrong(replace(variant, warns=("ENRICH-502-FREE",)))) == ["ENRICH-502-FREE is not warned of"]


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.id)
def test_a_variant_forgets_between_servers(variant: Variant) -> None:
    """Applying it again makes a choice of its own, or one that remembers nothing: state belongs to the server."""
    one, two = (getattr(variant.apply(Policies()), variant.policy) for _ in range(2))
    cells = [[cell.cell_contents for cell in choice.__closure__ or ()] for choice in (one, two)]
    kept = [(mine, theirs) for mine, theirs in zip(*cells, strict=True) if isinstance(mine, dict | list | set)]
    assert not any(mine is theirs and not mine for mine, theirs in kept)


def test_variants_stand_in_files_by_area() -> None:
    """The variants of one file have one area, and no area has two files."""
    areas = [{variant.area for variant in module.VARIANTS} for module in MODULES]
    assert [len(found) for found in areas] == [1] * len(MODULES)
    assert len(set().union(*areas)) == len(MODULES)


def test_there_are_enough() -> None:
    """At least 150 variants, of at least 75 decisions."""
    assert len(VARIANTS) >= 150
    assert len({variant.policy for variant in VARIANTS}) >= 75


def test_a_combination_replaces_no_policy_twice() -> None:
    """Many together, the same for a seed; each variant comes up in some of them."""
    met: set[str] = set()
    for seed in range(90):
        together = combine_variants(seed)
        policies = [variant.policy for variant in together]
        assert len(set(policies)) == len(policies) > 40
        assert combine_variants(seed) == together
        met |= {variant.id for variant in together}
    assert met == {variant.id for variant in VARIANTS}


def test_variants_can_be_chosen() -> None:
    """By id, all of them, or none."""
    assert choose_variants() == []
    assert choose_variants(all_of_them=True) == list(VARIANTS)
    assert [variant.id for variant in choose_variants(["says-charset"])] == ["says-charset"]


def test_an_id_means_a_variant_or_a_fault() -> None:
    """The mock's switch knows both; what is neither is one clear line."""
    assert policy_change("says-charset")(Policies()).media_type("get_lead", 200) == b"application/json; charset=utf-8"
    assert policy_change("noop")(Policies()).stages("get_lead") == Policies().stages("get_lead")
    with pytest.raises(ConfigError, match="no fault nobody"):
        policy_change("nobody")
    with pytest.raises(ConfigError, match="no variant nobody"):
        find_variant("nobody")
