"""What scenarios choose to send, and what they take for the same: on made-up rows, without a server."""

import random
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from scenario_play import Play, Stage

from nhq.errors import PreconditionNotMet
from nhq.model import Identity

Scenario = Callable[[str], ModuleType]


# --- auth -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["nhq_live_abcDEF12", "0af3", "deadBEEF", "Zz", "abc=", "ab-CD", "ab-C", "zz="])
def test_unknown_keys_are_like_the_one_known(secret: str, scenario: Scenario) -> None:
    """Shorter, longer, of other letters, or in the other case where that is no spelling of the same number."""
    made: list[str] = scenario("auth").like(secret, random.Random(1))
    assert secret not in made
    assert len(set(made)) == len(made)
    padded = not secret[-1].isalnum()
    assert (secret[:-1] in made, secret + secret[-1] in made) == (not padded, not padded)
    hexadecimal = secret in ("0af3", "deadBEEF", "abc=", "ab-CD", "ab-C")
    assert any(one.casefold() == secret.casefold() for one in made) is not hexadecimal


# --- filters --------------------------------------------------------------------------------------------------


def world(lists: dict[str, int | None], leads: list[list[str]]) -> Any:
    rows = [{"id": ident, "lead_count": count} for ident, count in lists.items()]
    named = [{"id": str(place), "lead_list_ids": inside} for place, inside in enumerate(leads)]
    return SimpleNamespace(lists=rows, leads=named)


def test_lists_are_asked_for_that_can_be_read(scenario: Scenario) -> None:
    """With members, a thousand at most, the longest last."""
    filters: Any = scenario("filters")
    assert filters.peopled(world({"a": 0, "b": 1000, "c": 1, "d": 1001, "e": None}, [])) == ["c", "b"]
    with pytest.raises(PreconditionNotMet, match="lead list with members"):
        filters.peopled(world({"a": 0, "d": 1001}, []))


def test_two_lists_have_members_of_their_own(scenario: Scenario) -> None:
    """Those that share members come before others; a list within another shows nothing."""
    filters: Any = scenario("filters")
    apart = [["a"], ["b"], ["c"], ["a", "c"]]
    assert filters._apart(world({}, apart), ["a", "b", "c"]) == ("a", "c")
    assert filters._apart(world({}, apart[:2]), ["a", "b"]) == ("a", "b")
    with pytest.raises(PreconditionNotMet, match="different members"):
        filters._apart(world({}, [["a"], ["a", "b"]]), ["a", "b"])


def test_lists_that_share_members_are_three_at_most(scenario: Scenario) -> None:
    """Those with the most members who are in others too."""
    leads = [["a", "b"], ["a", "c"], ["a", "d"], ["b", "c"], ["e"], ["e"], ["e"]]
    assert scenario("filters")._shared(world({}, leads), ["b", "a", "c", "d", "e"]) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("inside", "asked", "told"),
    [(["a"], ["a"], False), (["b"], ["a"], True), ([], ["a"], True), (None, ["a"], True), (["b", "a"], ["a"], False)],
)
def test_a_lead_in_none_of_the_lists_is_outside(
    inside: list[str] | None, asked: list[str], told: bool, scenario: Scenario
) -> None:
    """Whatever other lists it is in."""
    assert scenario("filters").outside({"lead_list_ids": inside}, asked) is told


@pytest.mark.parametrize(("status", "asked"), [(200, ["a", "x"]), (400, ["a"])])
def test_a_list_that_is_refused_is_not_asked_for(status: int, asked: list[str], scenario: Scenario) -> None:
    """Where nobody knows a list, a server may refuse it."""
    api = SimpleNamespace(call=lambda *_, **__: SimpleNamespace(status=status))
    filters: Any = scenario("filters")
    assert filters.taken(api, ["a", "x"], ["a", "b"]) == asked
    assert filters.taken(None, ["a", "b"], ["a", "b"]) == ["a", "b"]


# --- search ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "a.b@example.com", ["a.b@example.com"]),
        ("email", "ä@example.com", []),
        ("email", "a b@example.com", []),
        ("email", "nobody", []),
        ("email", None, []),
        ("phone", "+1 4155 55 0101", ["4155", "0101"]),
        ("phone", "123", []),
        ("phone", None, []),
        ("skills", ["Sales", "Growth hacking"], ["Sales", "Growth", "hacking"]),
        ("company", "Atlas Rockets", ["Atlas", "Rockets"]),
        ("company", None, []),
    ],
)
def test_a_field_is_searched_by_its_words(field: str, value: Any, words: list[str], scenario: Scenario) -> None:
    """An address whole, a number by its longer groups."""
    assert scenario("search").words({field: value}, field) == words


def lead(ident: str, **fields: str) -> dict[str, Any]:
    return {"id": ident, "lead_list_ids": []} | fields


def test_a_telling_word_is_of_one_field_alone(scenario: Scenario) -> None:
    """A word that the same lead has elsewhere tells nothing of the field; nor one that doesn't fit."""
    search: Any = scenario("search")
    place = SimpleNamespace(leads=[lead("1", last_name="Miller", company="Miller"), lead("2", last_name="Baker")])
    assert search.telling(place, "last_name") == "Baker"
    with pytest.raises(PreconditionNotMet, match="last_name alone"):
        search.telling(place, "last_name", lambda word: word == "Miller")


def test_a_common_word_is_not_searched_for(scenario: Scenario) -> None:
    """More than four hundred leads have it."""
    search: Any = scenario("search")
    many = [lead(str(number), last_name="Miller") for number in range(400)]
    assert search.rare(SimpleNamespace(leads=many), "Miller")
    assert not search.rare(SimpleNamespace(leads=[*many, lead("x", last_name="Miller")]), "Miller")


def test_two_words_are_of_one_lead_and_of_others_each(scenario: Scenario) -> None:
    """`apart`: no field holds both."""
    search: Any = scenario("search")
    both = lead("1", last_name="Miller", company="Miller Rockets", job_title="Pilot")
    others = [lead("2", last_name="Miller"), lead("3", company="Rockets"), lead("4", job_title="Pilot")]
    place = SimpleNamespace(leads=[both, *others])
    assert search._pair(place, apart=False) == ("Miller", "Rockets")
    assert search._pair(place, apart=True) == ("Miller", "Pilot")
    with pytest.raises(PreconditionNotMet, match="two words"):
        search._pair(SimpleNamespace(leads=[both]), apart=False)


@pytest.mark.parametrize(
    ("alone", "complete", "statuses", "lost"),
    [(True, True, [], 4), (True, False, [], 0), (False, True, [200, 404, 200], 2), (False, True, [404] * 3, 0)],
)
def test_what_a_search_misses_may_be_gone(
    alone: bool, complete: bool, statuses: list[int], lost: int, scenario: Scenario
) -> None:
    """Where others act, three of those not found are read by themselves; of an unread rest nothing is said."""
    coming = iter(statuses)

    def call(*_: Any, **__: Any) -> Any:
        return SimpleNamespace(status=next(coming), json=lambda: {"data": {}})

    read = SimpleNamespace(ids=["0"], complete=complete)
    expected = [{"id": str(number)} for number in range(5)]
    search: Any = scenario("search")
    found = search.lost(
        SimpleNamespace(call=call),
        SimpleNamespace(target=SimpleNamespace(undisturbed=alone)),
        read,
        expected,
        lambda row: True,
    )
    assert found == lost
    assert next(coming, None) is None


def test_a_word_beyond_ascii_is_of_either_case(scenario: Scenario) -> None:
    """One with a capital there, and one with a small letter; letters without a case tell nothing."""
    search: Any = scenario("search")
    place = SimpleNamespace(
        leads=[lead(str(n), last_name=word) for n, word in enumerate(("Smith", "東京", "Émilie", "Zoëlla"))]
    )
    assert list(search._beyond_ascii(place)) == ["Émilie", "Zoëlla"]


def test_a_word_within_a_list_is_of_one_member(scenario: Scenario) -> None:
    """Another member hasn't it, and somebody outside has."""
    search: Any = scenario("search")
    leads = [
        lead("1", job_title="Pilot", lead_list_ids=["a"]),
        lead("2", job_title="Nurse", lead_list_ids=["a"]),
        lead("3", job_title="Nurse"),
    ]
    place = SimpleNamespace(lists=[{"id": "z"}, {"id": "a"}], leads=leads)
    assert search._within(place) == ("a", "Nurse")
    with pytest.raises(PreconditionNotMet):
        search._within(SimpleNamespace(lists=[{"id": "a"}], leads=leads[:2]))


# --- imports --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "sent", "read", "same"),
    [
        ("company", "A  b\nc", "A b c", True),
        ("company", "A b", "A B", False),
        ("company", "A b", None, False),
        ("skills", ["a b", "c"], ["a  b", "c"], True),
        ("skills", ["a", "c"], ["c", "a"], False),
        ("skills", ["a"], "a", False),
        ("date_of_birth", "1990-01-15T00:00:00.000Z", "1990-01-15T01:00:00+01:00", True),
        ("date_of_birth", "1990-01-15T00:00:00.000Z", "1990-01-16T00:00:00Z", False),
        ("phone", "+14155550101", "+1 (415) 555-0101", True),
        ("phone", "+14155550101", "+14155550102", False),
        ("profile_picture_url", "https://example.com/a.jpg", "https://cdn.example.com/1", True),
        ("profile_picture_url", "https://example.com/a.jpg", " ", False),
        ("linkedin_url", "https://www.linkedin.com/in/A", "linkedin.com/in/a/", True),
        ("linkedin_url", "https://www.linkedin.com/in/a", "http://linkedin.com/in/a", True),
        ("linkedin_url", "https://www.linkedin.com/in/a", "https://www.linkedin.com/in/b", False),
        ("email", "A@example.com", "a@example.com", True),
        ("email", "a@example.com", "b@example.com", False),
    ],
)
def test_a_field_is_kept_in_whatever_form(name: str, sent: Any, read: Any, same: bool, scenario: Scenario) -> None:
    """Dates by instant, addresses by what they name, numbers by digits, texts by words, pictures at any address."""
    assert scenario("import").kept(name, sent, read) is same


def test_prose_is_longer_than_many_a_column(scenario: Scenario) -> None:
    """Three hundred characters, of notes three thousand, less a blank at the end."""
    sizes = {name: len(text) for name, text in scenario("import")._long().items()}
    assert set(sizes) == {"company", "job_title", "headline", "summary", "location", "notes"}
    assert all(size in ((2999, 3000) if name == "notes" else (299, 300)) for name, size in sizes.items())


# --- leads ----------------------------------------------------------------------------------------------------


def test_a_telling_list_is_short(scenario: Scenario) -> None:
    """Of two hundred at most; the one with enriched and with hot members, of these the shortest; three of each kind."""
    leads: Any = scenario("leads")

    def rows(name: str, count: int, **members: Any) -> list[dict[str, Any]]:
        return [{"id": f"{name}{n}", "lead_list_ids": [name]} | members for n in range(count)]

    enriched, hot = {"company_enriched_at": "x"}, {"lead_heat_raw_score": 0}
    long = [*rows("long", 4, **enriched), *rows("long", 4, **hot)]
    both = [*rows("b", 4, **enriched), *[row | {"id": f"h{row['id']}"} for row in rows("b", 4, **hot)], *rows("b", 9)]
    place = SimpleNamespace(
        lists=[{"id": "long", "lead_count": 201}, {"id": "a", "lead_count": 200}, {"id": "b"}],
        leads=[*long, *rows("a", 5, **enriched), *both],
    )
    source, chosen = leads.telling(place)
    assert source == "b"
    assert chosen == ["b0", "b1", "b2", "hb0", "hb1", "hb2"]
    with pytest.raises(PreconditionNotMet, match="no list with members"):
        leads.telling(SimpleNamespace(lists=place.lists[:1], leads=place.leads))


@pytest.mark.parametrize(
    ("named", "has", "verdict"),
    [
        (["a", "b"], False, "holds"),
        (["a"], True, "violated"),
        (["a", "b", "a"], True, "violated"),
        (["a", "b", "c"], True, "holds"),
        (["a", "b", "c"], False, "violated"),
        (None, True, "violated"),
    ],
)
def test_a_lead_names_the_lists_it_joined(
    named: list[str] | None, has: bool, verdict: str, scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each once; another one only if that has it."""
    leads: Any = scenario("leads")
    said: list[bool] = []
    monkeypatch.setattr(leads, "_has_newest", lambda *_: has)
    leads.names_its_lists(
        None, lambda rule, ok, *_, **__: said.append(ok), None, {"lead_list_ids": named}, "l", ["a", "b"]
    )
    assert said == [verdict == "holds"]


# --- scopes ---------------------------------------------------------------------------------------------------


def keyed(*keys: tuple[str, str, set[str], bool]) -> Any:
    """An Api whose target has keys: label, workspace, scopes, revoked."""
    known = [Identity(label, place, frozenset(scopes), label, revoked=gone) for label, place, scopes, gone in keys]
    rows = {"read": "leads:read", "write": "leads:write"}
    target = SimpleNamespace(keys=known, workspace="a")
    return SimpleNamespace(target=target, operation=lambda name: SimpleNamespace(scope=rows[name]))


def test_a_key_lacks_a_scope(scenario: Scenario) -> None:
    """A usable one of the main workspace."""
    scopes: Any = scenario("scopes")
    api = keyed(
        ("wide", "a", {"leads:read", "leads:write"}, False),
        ("gone", "a", {"lists:read"}, True),
        ("other", "b", {"lists:read"}, False),
        ("lists", "a", {"lists:read"}, False),
        ("writer", "a", {"leads:write"}, False),
    )
    assert [key.label for key in scopes.lacking(api, "read")] == ["lists", "writer"]
    assert scopes.sibling(api, "read").label == "writer"
    with pytest.raises(PreconditionNotMet, match="leads:read but without leads:write"):
        scopes.sibling(api, "write")
    with pytest.raises(PreconditionNotMet, match="no key without leads:read"):
        scopes.lacking(keyed(("wide", "a", {"leads:read"}, False)), "read")


@pytest.mark.parametrize(
    ("operation", "status", "scopes", "verdict"),
    [
        ("get_lead", 200, 1, "holds"),
        ("get_lead", 200, 2, "unknown"),
        ("get_lead", 403, 2, "violated"),
        ("get_lead", 401, 1, "violated"),
        ("get_lead", 404, 1, "unknown"),
        ("get_lead", 500, 1, "unknown"),
        ("enrich_lead", 404, 1, "holds"),
        ("enrich_lead", 200, 1, "holds"),
        ("import_leads", 404, 1, "unknown"),
        ("import_leads", 201, 1, "holds"),
    ],
)
def test_one_scope_lets_in(
    operation: str, status: int, scopes: int, verdict: str, scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 404 says so where an id was asked for that exists nowhere; with a wider key nothing is shown but a refusal."""
    play = Play()
    key = next(key for key in play.target.keys if play.api.operation(operation).scope in key.scopes)
    narrow = replace(key, scopes=frozenset(list(key.scopes)[:scopes]))
    monkeypatch.setattr(scenario("scopes"), "narrowest", lambda *_: narrow)
    path = play.api.operation(operation).path.partition("{")[0]
    play.edit(lambda asked, was, body: (status, body) if asked.partition(" ")[2].startswith(path) else None)
    play.world.warm()
    seen = play("scopes", "test_one_scope_suffices", operation=operation)
    assert [told for told, _ in seen.of("SCOPE-SUFFICIENT")] == [verdict]


@pytest.mark.parametrize(("planted", "choice"), [((), "any of them"), (("wants-all-of-several-lists",), "all of them")])
def test_what_several_lists_mean_is_told_by_what_they_find(planted: tuple[str, ...], choice: str) -> None:
    """A lead outside of one of them shows that any suffices."""
    stage = Stage()
    stage.begin(planted)
    assert Play(stage=stage)("filters", "test_only_members").chosen["list-ids-several"] == choice
