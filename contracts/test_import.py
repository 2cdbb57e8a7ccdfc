"""Import of one lead: its result and status, that it stays one lead, and that it keeps what it was sent with.

Not convicted: lists that a server adds of its own, pictures that it hosts, digits in groups, folded blanks; other
fields than the lead's identity are assumed.
"""

import random
from collections.abc import Sequence
from typing import Any

import pytest

from nhq.scenarios import (
    Api,
    Body,
    Breach,
    Exchange,
    Inventory,
    Judge,
    ListReference,
    crawl_pages,
    import_result,
    look_until,
    new_lead,
    new_list,
    parse_instant,
    read_members,
    send_batch,
    send_import,
    steps,
    unique_word,
)

IMPORT = "import_leads"
RULE_OF = {"created": "IMPORT-CREATED", "added_existing": "IMPORT-EXISTING", "already_in_list": "IMPORT-ALREADY"}


def told(judge: Judge, answer: Exchange, expected: str, actual: str) -> bool:
    """Judge the result of one lead."""
    said = f"{answer.status}, {actual or 'no result'}"
    return judge(RULE_OF[expected], actual == expected, answer, expected=expected, actual=said, where="/result")


@pytest.mark.scenario("import/one-lead")
@pytest.mark.rule(
    "IMPORT-CREATED", "IMPORT-EXISTING", "IMPORT-ALREADY", "IMPORT-DEDUP", "IMPORT-MEMBERSHIP", "IMPORT-SINGLE-STATUS"
)
def test_one_lead(api: Api, judge: Judge, rng: random.Random) -> None:
    """A new lead is created, then already in the list, then an existing one for another list: always one lead."""
    first, second, lead = new_list(api, rng), new_list(api, rng), new_lead(rng)
    answers = [send_import(api, lead_list, lead) for lead_list in (first, first, second, second)]
    outcomes = [import_result(answer) for answer in answers]
    for answer, expected, (result, _) in zip(
        answers, ("created", "already_in_list", "added_existing", "already_in_list"), outcomes, strict=True
    ):
        told(judge, answer, expected, result)
    idents = {ident for _, ident in outcomes}
    actual = f"{len(idents)} different ids"
    judge(
        "IMPORT-DEDUP",
        len(idents) == 1 and "" not in idents,
        answers,
        expected="one id",
        code=Breach.DIFFERENT,
        actual=actual,
    )
    _joined(api, judge, answers, outcomes[0][1], [first, second])


def _joined(api: Api, judge: Judge, answers: Sequence[Exchange], ident: str, lists: Sequence[str]) -> None:
    """The lead is a member of each list, once, and says so itself; the workspace has it once."""
    for lead_list in lists:
        crawl = read_members(api, lead_list, least=1)
        proof, actual = (*answers, crawl.last), f"{crawl.ids.count(ident)} times, of {len(crawl.ids)} members"
        judge("IMPORT-MEMBERSHIP", crawl.ids == [ident], proof, expected="once", actual=actual, operation=IMPORT)
    read = api.call("get_lead", path={"lead_id": ident})
    named = set(read.json()["data"]["lead_list_ids"]) if read.status == 200 else set()
    proof, actual = (*answers, read), f"{read.status}, {len(named & set(lists))} of them"
    ok = named >= set(lists)  # a server may keep new leads in a default list as well
    judge(
        "IMPORT-MEMBERSHIP",
        ok,
        proof,
        expected="both lists in lead_list_ids",
        code=Breach.MISSING,
        actual=actual,
        operation=IMPORT,
    )
    found = ListReference("list_leads", query={"list_ids": lists[0]})
    rows = look_until(api.session, lambda: crawl_pages(api, found, 500, 2), lambda rows: bool(rows.items))
    actual = f"{len(rows.items)} rows"
    judge(
        "IMPORT-DEDUP",
        rows.ids == [ident],
        rows.pages,
        expected="one row",
        code=Breach.REPEATED,
        actual=actual,
        operation=IMPORT,
    )


@pytest.mark.scenario("import/lead-of-another-workspace")
@pytest.mark.rule("IMPORT-DEDUP-OWN", "IMPORT-ALREADY", "IMPORT-DEDUP")
def test_lead_of_another_workspace(api: Api, world: Inventory, judge: Judge, rng: random.Random) -> None:
    """A lead that only another workspace has is created anew, as another lead; then it is known here, too."""
    other, lead = world.foreign.workspace, new_lead(rng)
    made = api.ok(
        "create_lead_lists", json={"lead_lists": [{"name": unique_word(rng)}]}, key=api.key("create_lead_lists", other)
    )
    theirs = send_import(api, str(made.json()["data"][0]["id"]), lead, key=api.key(IMPORT, other))
    lead_list = new_list(api, rng)
    ours = send_import(api, lead_list, lead)
    result, ident = import_result(ours)
    which = "the same id" if ident == import_result(theirs)[1] else "another id"
    actual = f"{ours.status}, {result or 'no result'}, {which}"
    ok = result == "created" and ident != import_result(theirs)[1]
    judge("IMPORT-DEDUP-OWN", ok, (theirs, ours), expected="created, with an id of its own", actual=actual)
    again = send_import(api, lead_list, lead)
    told(judge, again, "already_in_list", import_result(again)[0])
    same = import_result(again)[1] == ident
    judge(
        "IMPORT-DEDUP",
        same,
        (ours, again),
        expected="the same id",
        code=Breach.DIFFERENT,
        actual="the same" if same else "another",
    )


FIELDS: Body = {
    "first_name": "Nhq Zoë",
    "company": "Nhq – Söhne & Co. “日本” 😀",
    "job_title": "VP, 100 % Sales / Ops",
    "headline": 'It\'s "quoted" \\ and 1 < 2',
    "summary": "Two lines,\nand a\ttab.",
    "industry": "Software",
    "skills": ["Sales", "GTM", "Señal 😀"],
    "phone": "+14155550101",
    "location": "São Paulo, Łódź & 北京",
    "gender": "unknown",
    "notes": "One note.",
}
IDENTITY = frozenset({"first_name", "last_name", "linkedin_url"})
LONG: Body = dict.fromkeys(("company", "job_title", "headline", "summary", "location"), 300) | {"notes": 3000}


@pytest.mark.scenario("import/fields-kept")
@pytest.mark.rule("IMPORT-FIELDS-KEPT", "IMPORT-FIELDS-OTHER")
def test_fields_kept(api: Api, judge: Judge, rng: random.Random) -> None:
    """A lead that was created has the fields it was sent with, one by one and in a batch, short and long ones.

    No length is promised: what is too long for a target may be malformed there. Who the lead is must come back; that
    the rest does as well is assumed, in whatever form: a server may host pictures, group digits and fold lines.
    """
    lead_list = new_list(api, rng)
    one, sent = _full(rng), (_full(rng), _full(rng) | _long())
    alone, batch = send_import(api, lead_list, one), send_batch(api, lead_list, sent)
    imported = [(one, alone, import_result(alone)[1])]
    imported += [(sent[place], batch.answer, batch.ident(place)) for place in sorted(batch.data) if place < len(sent)]
    for lead, answer, ident in imported:
        read = api.call("get_lead", path={"lead_id": ident or "none"})
        data = steps.data_of(read)
        lost = [name for name in lead if not kept(name, lead[name], data.get(name))]
        for rule, about in ("IMPORT-FIELDS-KEPT", IDENTITY), ("IMPORT-FIELDS-OTHER", set(lead) - IDENTITY):
            actual = f"{answer.status}, other: {', '.join(name for name in lost if name in about)}"
            ok = about.isdisjoint(lost)
            judge(rule, ok, (answer, read), expected="as sent", actual=actual, operation=IMPORT)


def _long() -> Body:
    """Prose with more of the same after it, longer than the 255 characters of many a column."""
    return {name: (f"{FIELDS[name]} " * size)[:size].strip() for name, size in LONG.items()}


def _full(rng: random.Random) -> Body:
    tag = unique_word(rng)
    return FIELDS | {
        "last_name": tag,
        "email": f"{tag}@example.com",
        "linkedin_url": f"https://www.linkedin.com/in/{tag}",
        "company_linkedin_url": f"https://www.linkedin.com/company/{tag}",
        "profile_picture_url": f"https://example.com/{tag}.jpg",
        "date_of_birth": "1990-01-15T00:00:00.000Z",
    }


def kept(name: str, sent: Any, read: Any) -> bool:
    """Is it what was sent, whatever its form?

    Dates by their instant, addresses by what they name, numbers by their digits, texts by their words; of a picture
    any address.
    """
    if isinstance(sent, list):
        return isinstance(read, list) and [_words(text) for text in sent] == [_words(text) for text in read]
    if not isinstance(read, str):
        return False
    if name == "date_of_birth":
        return parse_instant(read) == parse_instant(sent)
    if name == "phone":
        return _digits(sent) == _digits(read)
    if name == "profile_picture_url":
        return bool(read.strip())
    if name.endswith("_url") or name == "email":
        return _plain_url(sent) == _plain_url(read)
    return _words(sent) == _words(read)


def _words(text: Any) -> str:
    return " ".join(str(text).split())


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def _plain_url(url: str) -> str:
    return url.casefold().removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
