"""Import of entries that break the schema: in a batch, alone, and beside members.

Not convicted: 200 beside 207 where nothing new was added, a format that is not asserted, and errors that name a path.
"""

import random

import pytest

from nhq.scenarios import (
    Api,
    Body,
    Few,
    Judge,
    misplaced_lead,
    names_field,
    new_lead,
    new_list,
    read_members,
    send_batch,
    send_import,
)

IMPORT = "import_leads"


def malformed(rng: random.Random) -> list[tuple[Body, str, str]]:
    """Leads that break the schema, each in one way; the field that is wrong; the rule for one sent alone."""
    lacking = [(_but(new_lead(rng), name), name, "REQUEST-REQUIRED") for name in new_lead(rng)]
    empty = [(new_lead(rng) | {name: ""}, name, "REQUEST-EMPTY-TEXT") for name in ("first_name", "last_name")]
    values: Body = {
        "first_name": 5,
        "last_name": None,
        "linkedin_url": ["x"],
        "company": {},
        "skills": "x",
        "notes": False,
    }
    typed = [(new_lead(rng) | {name: value}, name, "REQUEST-TYPE") for name, value in values.items()]
    inner = (new_lead(rng) | {"skills": ["x", 1]}, "skills", "REQUEST-TYPE")
    unknown = (new_lead(rng) | {"nhq_unknown": "x"}, "", "REQUEST-UNKNOWN-MEMBER-400")
    return [*lacking, *empty, *typed, inner, unknown]


def _but(lead: Body, name: str) -> Body:
    return {key: value for key, value in lead.items() if key != name}


@pytest.mark.scenario("import/some-malformed")
@pytest.mark.rule("IMPORT-MALFORMED", "IMPORT-MALFORMED-FIELD", "IMPORT-ITEM", "IMPORT-BATCH-207")
def test_some_malformed(api: Api, judge: Judge, rng: random.Random) -> None:
    """Entries that break the schema are malformed under their index, named by field, and the others imported: 207."""
    lead_list, bad = new_list(api, rng), malformed(rng)
    leads = [new_lead(rng), *(lead for lead, _, _ in bad), new_lead(rng)]
    batch, wanted = send_batch(api, lead_list, leads), set(range(1, len(bad) + 1))
    answer, good = batch.answer, set(range(len(leads))) - wanted
    ok = batch.malformed.keys() == wanted and batch.settled(good) and batch.with_problems
    ok = ok and all(batch.result(place) == "created" for place in batch.data)
    expected = f"207, the {len(bad)} that break it malformed"
    judge("IMPORT-MALFORMED", ok, answer, expected=expected, actual=batch.shown)
    items = misplaced_lead(api, batch, {place: leads[place] for place in good})
    if items is not None:
        expected = "each lead under its index"
        judge("IMPORT-ITEM", items.none, answer, expected=expected, actual=str(items), where="/data")
    new, count = len(batch.data), len(read_members(api, lead_list, least=len(batch.data)).ids)
    ok, actual = count == new, f"{count} members"
    judge("IMPORT-MALFORMED", ok, answer, expected=f"{new} imported", actual=actual, where="/data")
    if batch.malformed.keys() == wanted:
        rejected = [batch.malformed[place] for place in sorted(wanted)]
        unnamed = sum(not names_field(item, field) for item, (_, field, _) in zip(rejected, bad, strict=True))
        actual = f"{unnamed} of {len(bad)} name another"
        judge("IMPORT-MALFORMED-FIELD", not unnamed, answer, expected="the field that is wrong", actual=actual)


@pytest.mark.scenario("import/members-and-malformed")
@pytest.mark.rule("IMPORT-MALFORMED", "IMPORT-BATCH-207")
def test_members_and_malformed(api: Api, judge: Judge, rng: random.Random) -> None:
    """A member that is sent again together with a malformed entry: 207, or 200 since nothing new was added."""
    lead_list, member = new_list(api, rng), new_lead(rng)
    send_import(api, lead_list, member)
    batch = send_batch(api, lead_list, [{"first_name": "Nhq"}, member])
    ok = batch.malformed.keys() == {0} and batch.settled({1}) and batch.with_problems
    ok = ok and batch.result(1) in ("already_in_list", "")
    expected = "207 or 200, the first malformed"
    judge("IMPORT-MALFORMED", ok, batch.answer, expected=expected, actual=batch.shown)
    judge.chose("malformed-and-members", str(batch.answer.status))


@pytest.mark.scenario("import/all-malformed")
@pytest.mark.rule("IMPORT-ALL-MALFORMED")
def test_all_malformed(api: Api, judge: Judge, rng: random.Random) -> None:
    """A batch whose entries are all malformed is never answered 201, and imports nobody."""
    lead_list = new_list(api, rng)
    for leads in ([lead for lead, _, _ in malformed(rng)], [{"first_name": ""}]):
        answer = send_import(api, lead_list, leads)
        ok = answer.status in (200, 207) or (answer.status is not None and 400 <= answer.status < 500)
        expected = "207, 200, or 400"
        judge("IMPORT-ALL-MALFORMED", ok, answer, expected=expected, actual=str(answer.status), where="status")
        judge.chose("all-malformed-leads", str(answer.status))
    crawl = read_members(api, lead_list)
    actual = f"{len(crawl.ids)} members"
    judge("IMPORT-ALL-MALFORMED", not crawl.ids, crawl.last, expected="no members", actual=actual, operation=IMPORT)


@pytest.mark.scenario("import/single-malformed")
@pytest.mark.rule("REQUEST-REQUIRED", "REQUEST-EMPTY-TEXT", "REQUEST-TYPE", "REQUEST-UNKNOWN-MEMBER-400")
def test_single_malformed(api: Api, judge: Judge, few: Few, rng: random.Random) -> None:
    """A single lead that breaks the schema is answered 400."""
    lead_list = new_list(api, rng)
    for lead, field, rule in few(malformed(rng)):
        answer = send_import(api, lead_list, lead)
        actual = str(answer.status)
        judge(rule, answer.status == 400, answer, expected="400", actual=actual, where=f"/{field or 'nhq_unknown'}")


@pytest.mark.scenario("import/date-that-is-none")
@pytest.mark.rule("IMPORT-MALFORMED")
def test_date_that_is_none(api: Api, judge: Judge, rng: random.Random) -> None:
    """A date of birth that is no date-time is malformed, or taken as it is: a format need not be asserted. No 5xx."""
    lead_list, good = new_list(api, rng), new_lead(rng)
    batch = send_batch(api, lead_list, [good, new_lead(rng) | {"date_of_birth": "nhq, not a date"}])
    ok = batch.malformed.keys() <= {1} and batch.settled({0, 1} - batch.malformed.keys())
    expected = "the date malformed, or both imported"
    judge("IMPORT-MALFORMED", ok, batch.answer, expected=expected, actual=batch.shown)
