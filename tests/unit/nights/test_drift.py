"""How two targets differ, whatever data they hold."""

import json
from typing import Any

import pytest

from nhq.model import Exchange
from nhq.nights.drift_comparison import compare_features, compare_records
from nhq.nights.drift_features import answer_features, text_kind
from nhq.nights.drift_run import group_differences
from tests.made_records import made_record

LEAD = {"id": "lead_a1b2", "name": "Ada", "created_at": "2026-01-02T03:04:05Z", "phone": None}


def answer(body: Any, status: int = 200, **headers: str) -> Exchange:
    """An answer of `list_leads`."""
    text = body if isinstance(body, str) else json.dumps(body, separators=(",", ":"))
    told = {"content-type": "application/json", **headers}
    return Exchange(
        1, "list_leads", "GET", "/leads?limit=5", {}, b"", None, status, told, text.encode(), 1.0, 1.1, test="t"
    )


def kinds(here: list[Exchange], there: list[Exchange]) -> set[str]:
    return {difference.kind for difference in compare_features(answer_features(here), answer_features(there))}


USUAL = [answer({"data": [LEAD]})] * 3


def test_equal_servers_with_other_data_do_not_differ() -> None:
    """Other names, other counts, a value where the other has none: that is data."""
    other = {**LEAD, "id": "lead_zz99", "name": "Zoë", "created_at": "2020-12-31T23:59:59Z", "phone": "+4930"}
    assert kinds(USUAL, [answer({"data": [other, other]})] * 4) == set()


@pytest.mark.parametrize(
    ("there", "kind"),
    [
        (answer({"data": [{**LEAD, "created_at": "2026-01-02T03:04:05.000+00:00"}]}), "spelling of /data/*/created_at"),
        (answer({"data": [{**LEAD, "id": "17"}]}), "spelling of /data/*/id"),
        (answer({"data": [dict(reversed(LEAD.items()))]}), "order of members"),
        (answer({"data": [LEAD]}, vary="accept"), "headers"),
        (answer(json.dumps({"data": [LEAD]}, indent=1)), "JSON"),
        (answer({"data": [{k: v for k, v in LEAD.items() if v is not None}]}), "member /data/*/phone"),
        (answer({"error": {"code": "nope"}}, 404), "status"),
    ],
)
def test_each_trait_is_told(there: Exchange, kind: str) -> None:
    """A spelling, an id's form, an order of members, a header, a null left out, a status: each is named."""
    assert any(told.startswith(kind) for told in kinds(USUAL, [there] * 3))


def said(here: list[Exchange], there: list[Exchange]) -> str:
    return repr(compare_features(answer_features(here), answer_features(there)))


PERSON = "Zyxofiel"
NAMED = {"Zyxofiel Kanar": 1, PERSON: {"id": 1}, "name": "Ada"}


@pytest.mark.parametrize(
    "there",
    [
        answer({"data": [{**LEAD, PERSON: 1}]}),
        answer({"data": [LEAD], **NAMED}),
        answer({"data": [LEAD]}, **{"content-type": f'application/json; profile="nhq_mock_d7f165ef {PERSON}"'}),
        answer({"data": [LEAD]}, connection=PERSON),
        answer({"data": [LEAD]}, **{f"x-{PERSON.lower()}": "1"}),
        answer({"error": {"code": PERSON}}),
        answer({PERSON: [{**LEAD, "at": f"2026-01-0{day}T00:00:00Z", PERSON: LEAD["created_at"]} for day in range(9)]}),
    ],
)
def test_a_word_of_a_target_is_not_said(there: Exchange) -> None:
    """Names of members and headers, media types and codes may hold people: they are compared, and hidden."""
    here = [answer({"data": [LEAD]}), answer({"error": {"code": "not_found"}})] * 3
    for told in (said(here, [there] * 3), said([there] * 3, here), said([there] * 3, [answer(NAMED)] * 3)):
        assert PERSON.lower() not in told.lower()
        assert "d7f165ef" not in told
    assert compare_features(answer_features(here), answer_features([there] * 3))


@pytest.mark.parametrize("name", ["vary", "x-ratelimit-policy", "x-powered-by", "set-cookie", "cf-ray-id"])
def test_a_usual_header_is_named(name: str) -> None:
    """Who compares two stages must learn which header one of them lacks."""
    assert name in said(USUAL, [answer({"data": [LEAD]}, **{name: "1"})] * 3)


def test_an_order_is_told_where_enough_rows_show_it() -> None:
    """Five times or more that rise at one target and fall at the other."""
    rows = [{"at": f"2026-01-0{day}T00:00:00Z"} for day in range(1, 7)]
    here, there = [answer({"data": rows})] * 3, [answer({"data": rows[::-1]})] * 3
    assert "order of /data by at" in kinds(here, there)
    assert kinds([answer({"data": rows[:2]})] * 3, [answer({"data": rows[1::-1]})] * 3) == set()


def test_rules_and_open_questions_are_compared() -> None:
    """A rule that holds on one and is broken on the other; what one never showed is no difference."""
    rule = {"id": "R", "cells": {"list_leads": {"verdict": "holds"}}}
    broken = {"id": "R", "cells": {"list_leads": {"verdict": "violated"}}}
    blind = {"id": "R", "cells": {"list_leads": {"verdict": "unknown"}}}
    asked, other = [{"id": "q", "chosen": "a"}], [{"id": "q", "chosen": "b"}]
    here = made_record(rules=[rule], ambiguities=asked)
    assert [d.kind for d in compare_records(here, made_record(rules=[broken], ambiguities=asked))] == ["rule R"]
    assert compare_records(here, made_record(rules=[blind], ambiguities=asked)) == []
    assert [d.kind for d in compare_records(here, made_record(rules=[rule], ambiguities=other))] == ["question q"]


def test_one_way_of_differing_is_told_once() -> None:
    """The same two spellings at many places are one group."""
    here = [answer({"a": [{"x": "2026-01-02T03:04:05Z", "y": "2026-01-02T03:04:05Z"}]})] * 3
    there = [answer({"a": [{"x": "2026-01-02 03:04:05Z", "y": "2026-01-02 03:04:05Z"}]})] * 3
    assert [
        len(group) for group in group_differences(compare_features(answer_features(here), answer_features(there)))
    ] == [2]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2026-01-02T03:04:05Z", "a time with T, 0 decimals and Z"),
        ("2026-01-02T03:04:05.120+01:00", "a time with T, 3 decimals and an offset of 6 letters"),
        ("Ada Lovelace", "a text"),
        ("", "empty"),
    ],
)
def test_a_text_is_told_by_its_kind(text: str, kind: str) -> None:
    """No word of the data is in a spelling."""
    assert text_kind(text) == kind
