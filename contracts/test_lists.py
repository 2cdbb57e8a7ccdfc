"""Lead lists: creation with unique names and rejected entries, and member counts that are true.

Not convicted: lists that others create meanwhile, any suffix and a cut before it, all-malformed requests answered
400, and counts that come a little later.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from nhq.scenarios import (
    Api,
    Breach,
    Claim,
    Contract,
    Effect,
    Effort,
    Exchange,
    Few,
    Inventory,
    Judge,
    ListReference,
    PageCrawl,
    PreconditionNotMet,
    Row,
    Session,
    array_of,
    by_index,
    crawl_pages,
    describe_length,
    differing_members,
    documented_members,
    import_into,
    look_patiently,
    look_until,
    names_exactly,
    names_field,
    new_lead,
    new_list,
    only_public_words,
    report_after_recheck,
    steps,
    unique_word,
    whole_number,
)

MAKING = "create_lead_lists"
NAME_MOST, DESCRIPTION_MOST = 120, 500
ODD = " O'Brien & Söhne, 100 % “ÄÖ” 日本 😀"  # no blanks at the ends: whether those are kept is open


def create(api: Api, entries: Sequence[Any]) -> Exchange:
    """Create lists, whatever comes back."""
    return api.call(MAKING, json={"lead_lists": list(entries)})


def created(answer: Exchange) -> list[Row]:
    """The lists that the answer says were created."""
    return [row for row in array_of(answer, "data") if isinstance(row.get("name"), str)]


# --- what is created ----------------------------------------------------------------------------------------


@pytest.mark.scenario("lists/creation")
@pytest.mark.rule("LIST-CREATES", "LIST-DATA-COMPLETE", "LIST-NAME-KEPT", "LIST-DESCRIPTION-KEPT")
def test_creation(api: Api, session: Session, judge: Judge, rng: random.Random) -> None:
    """Each entry becomes a list with its name and description, which can be read and stands in the list of lists."""
    entries: list[dict[str, Any]] = [
        {"name": unique_word(rng), "description": f"{ODD.strip()} {unique_word(rng)}"},
        {"name": unique_word(rng) + ODD, "description": None},
        {"name": (unique_word(rng) + "😀" * NAME_MOST)[:NAME_MOST], "description": "😀" * DESCRIPTION_MOST},
        {"name": unique_word(rng)},
    ]
    answer = create(api, entries)
    made = created(answer)
    actual = f"{answer.status}, {len(made)} of {len(entries)} in data"
    judge(
        "LIST-DATA-COMPLETE",
        len(made) == len(entries),
        answer,
        expected="each entry in data",
        actual=actual,
        where="/data",
    )
    if made:
        judge.chose("lead-count-on-create", "with" if "lead_count" in made[0] else "without")
    _kept(judge, answer, entries, made)
    _readable(api, session, judge, answer, made)


def _kept(judge: Judge, answer: Exchange, entries: Sequence[Mapping[str, Any]], made: Sequence[Row]) -> None:
    by_name = {row["name"]: row for row in made}
    lost = sum(entry["name"] not in by_name for entry in entries)
    judge("LIST-NAME-KEPT", not lost, answer, expected="the names given", actual=f"{lost} others", where="/data/*/name")
    pairs = [(e.get("description"), by_name[e["name"]].get("description")) for e in entries if e["name"] in by_name]
    wrong = sum((told or None) != given for given, told in pairs)
    where, actual = "/data/*/description", f"{wrong} others"
    judge("LIST-DESCRIPTION-KEPT", not wrong, answer, expected="the descriptions given", actual=actual, where=where)


def _readable(api: Api, session: Session, judge: Judge, answer: Exchange, made: Sequence[Row]) -> None:
    """Read alone, and in the list of lists: first of all where nobody else creates any."""
    listing = _listing(api, session, made)
    first = listing.items[: len(made)] if session.target.undisturbed else listing.items
    names = {str(row.get("id")): row.get("name") for row in first}
    for row in made:
        read = api.call("get_lead_list", path={"lead_list_id": str(row.get("id"))})
        same = read.status == 200 and read.json()["data"]["name"] == row["name"]
        actual = f"{read.status}, name {'the same' if same else 'another'}"
        judge("LIST-CREATES", same, (answer, read), expected="200 with its name", actual=actual, operation=MAKING)
        ok = names.get(str(row.get("id"))) == row["name"]
        proof, expected = (answer, *listing.pages), "a new list stands first in the list of lists"
        judge("LIST-CREATES", ok, proof, expected=expected, actual="not so", code=Breach.ORDER, operation=MAKING)
    if not made:
        judge(
            "LIST-CREATES",
            False,
            answer,
            expected="201",
            code=Breach.STATUS,
            actual=f"{answer.status}, no list created",
        )


def _listing(api: Api, session: Session, made: Sequence[Row]) -> PageCrawl:
    """The beginning of the list of lists, as soon as the new ones stand in it: by pages of as many, where we are alone.

    A page may be short although more follow.
    """
    new = {str(row.get("id")) for row in made}
    limit, most = (max(1, len(made)), 3) if session.target.undisturbed else (100, 1)
    return look_until(
        session,
        lambda: crawl_pages(api, ListReference("list_lead_lists"), limit, most),
        lambda seen: new <= set(seen.ids),
    )


# --- names --------------------------------------------------------------------------------------------------


@pytest.mark.scenario("lists/name-of-an-existing-list")
@pytest.mark.rule("LIST-NAME-UNIQUE", "LIST-NAME-SUFFIX")
def test_name_of_an_existing_list(api: Api, judge: Judge, rng: random.Random) -> None:
    """A name that an existing list has is made unique by a suffix, as often as it is given."""
    name = unique_word(rng)
    answers = [create(api, [{"name": name}]) for _ in range(3)]
    names = [row["name"] for answer in answers for row in created(answer)]
    answers.append(create(api, [{"name": names[-1] if names else name}]))
    names += [row["name"] for row in created(answers[-1])]
    told = [read_name(api, row) for answer in answers for row in created(answer)]
    ok = len(names) == len(answers) == len(set(names)) and told == names
    actual = f"{len(set(names))} different names, {len(set(told))} when read"
    judge("LIST-NAME-UNIQUE", ok, answers, expected=f"{len(answers)} different names", actual=actual)
    _suffixed(judge, answers, name, names)


def read_name(api: Api, row: Row) -> Any:
    """The name of a list when it is read alone."""
    answer = api.call("get_lead_list", path={"lead_list_id": str(row.get("id"))})
    return answer.json()["data"]["name"] if answer.status == 200 else None


def _suffixed(judge: Judge, answers: Sequence[Exchange], name: str, names: Sequence[str]) -> None:
    wrong = sum(not one.startswith(name) for one in names)
    actual = f"{wrong} of {len(names)} do not"
    judge("LIST-NAME-SUFFIX", not wrong, answers, expected="each name begins with the one given", actual=actual)
    if not wrong and len(names) > 1:
        suffix = names[1].removeprefix(name)
        judge.chose("suffix-form", suffix[:40] if only_public_words(suffix) else describe_length(suffix))


@pytest.mark.scenario("lists/equal-names-in-one-request")
@pytest.mark.rule("LIST-NAME-UNIQUE-WITHIN")
def test_equal_names_in_one_request(api: Api, judge: Judge, rng: random.Random) -> None:
    """Equal names within one request are made unique, whether a list of that name exists or not."""
    name = unique_word(rng)
    for _ in range(2):
        answer = create(api, [{"name": name}, {"name": unique_word(rng)}, {"name": name}, {"name": name}])
        names = [row["name"] for row in created(answer)]
        actual = f"{answer.status}, {len(set(names))} different names in {len(names)} lists"
        judge("LIST-NAME-UNIQUE-WITHIN", len(set(names)) == 4, answer, expected="4 different names", actual=actual)


@pytest.mark.scenario("lists/longest-name-twice")
@pytest.mark.rule("LIST-NAME-UNIQUE")
def test_longest_name_twice(api: Api, judge: Judge, rng: random.Random) -> None:
    """A name of 120 characters is made unique too; the result may be longer, or shortened before its suffix."""
    name = unique_word(rng).ljust(NAME_MOST, "x")
    answers = [create(api, [{"name": name}]) for _ in range(2)]
    names = [row["name"] for answer in answers for row in created(answer)]
    actual = f"{answers[-1].status}, {len(set(names))} different names"
    judge("LIST-NAME-UNIQUE", len(set(names)) == 2, answers, expected="2 different names", actual=actual)


# --- rejected entries ---------------------------------------------------------------------------------------


def malformed(rng: random.Random) -> list[tuple[dict[str, Any], str]]:
    """Entries that break the schema, each in one way, and the field that is wrong ("" where several can be named)."""
    return [
        ({"name": ""}, "name"),
        ({"description": unique_word(rng)}, "name"),
        ({"name": 5}, "name"),
        ({"name": None}, "name"),
        ({"name": unique_word(rng).ljust(NAME_MOST + 1, "x")}, "name"),
        ({"name": unique_word(rng), "description": "x" * (DESCRIPTION_MOST + 1)}, "description"),
        ({"name": unique_word(rng), "description": 7}, "description"),
        ({"name": unique_word(rng), "nhq_unknown": 1}, ""),
    ]


@pytest.mark.scenario("lists/some-malformed")
@pytest.mark.rule("LIST-STATUS-207", "LIST-MALFORMED", "LIST-MALFORMED-FIELD", "LIST-DATA-COMPLETE", "LIST-CREATES")
def test_some_malformed(api: Api, judge: Judge, rng: random.Random) -> None:
    """Malformed entries are rejected under their index and named by field, the others are created: 207."""
    bad = malformed(rng)
    good = [{"name": unique_word(rng)}, {"name": unique_word(rng)}]
    entries: list[Any] = [good[0], *(entry for entry, _ in bad), good[1]]
    answer, of_one = create(api, entries), create(api, [{"name": unique_word(rng)}, bad[0][0]])
    for each in (answer, of_one):
        judge("LIST-STATUS-207", each.status == 207, each, expected="207", actual=str(each.status), where="status")
    rejected, made = array_of(answer, "malformed"), {row["name"] for row in created(answer)}
    ok = names_exactly(rejected, set(range(1, len(bad) + 1)))
    actual = f"{answer.status}, {len(rejected)} malformed, others than the {len(bad)} that break the schema"
    judge("LIST-MALFORMED", ok, answer, expected="exactly the entries that break it", actual=actual, where="/malformed")
    same = made == {entry["name"] for entry in good}
    actual = f"{answer.status}, {len(made)} in data"
    judge("LIST-DATA-COMPLETE", same, answer, expected="exactly the 2 good entries", actual=actual, where="/data")
    for row in created(of_one)[:1]:

        def look(ident: str = str(row["id"])) -> Exchange:
            return api.call("get_lead_list", path={"lead_list_id": ident})

        read = look_until(api.session, look, lambda shown: shown.status != 404)
        options: dict[str, Any] = {"expected": "a list that a 207 names can be read", "operation": MAKING}
        judge("LIST-CREATES", read.status != 404, [of_one, read], actual="404", **options)
    if ok:
        unnamed = sum(not names_field(told, field) for told, (_, field) in zip(by_index(rejected), bad, strict=True))
        actual = f"{unnamed} of {len(bad)} name another"
        judge("LIST-MALFORMED-FIELD", not unnamed, answer, expected="the field that is wrong", actual=actual)


@pytest.mark.scenario("lists/all-malformed")
@pytest.mark.rule("LIST-ALL-MALFORMED")
def test_all_malformed(api: Api, judge: Judge, rng: random.Random) -> None:
    """A request whose entries are all malformed is never answered 201."""
    for entries in ([entry for entry, _ in malformed(rng)], [{"name": ""}]):
        answer = create(api, entries)
        ok = answer.status == 207 or (answer.status is not None and 400 <= answer.status < 500)
        judge("LIST-ALL-MALFORMED", ok, answer, expected="400, or 207", actual=str(answer.status), where="status")
        judge.chose("all-malformed-lists", str(answer.status))


# --- counts -------------------------------------------------------------------------------------------------


@pytest.mark.scenario("lists/member-count")
@pytest.mark.rule("LIST-COUNT-TRUE")
def test_member_count(
    operation: str,
    api: Api,
    world: Inventory,
    session: Session,
    judge: Judge,
    few: Few,
    rng: random.Random,
    effort: Effort,
) -> None:
    """lead_count is the number of members: of long, short and empty lists, and of one to which leads were added."""
    writing = Effect.WRITE in api.target.allow
    idents = [] if writing and effort.no_repeats else few(_lists_of_all_sizes(world))
    if writing:
        idents.append(new_list(api, rng))
        import_into(api, idents[-1], new_lead(rng))
        _reader(api, operation)(idents[-1])  # a count kept from here on would not be the current one
        import_into(api, idents[-1], new_lead(rng))

    def look() -> Iterator[Claim]:
        read = _reader(api, operation)
        told = {ident: read(ident) for ident in idents}
        counted = {
            ident: crawl_pages(api, ListReference("list_members", {"lead_list_id": ident}), 500, 4) for ident in idents
        }
        read = _reader(api, operation)
        for ident, (count, shown) in told.items():
            members = counted[ident]
            if count is not None and members.complete and (session.target.undisturbed or read(ident)[0] == count):
                true, proof = len(set(members.ids)), (*members.pages, *shown)
                yield Claim("LIST-COUNT-TRUE", whole_number(count) == true, proof, f"{true}", f"{count}", "lead_count")

    report_after_recheck(
        judge, look_patiently(session, look), session, "no lead list short enough to be read to its end", operation
    )


def _reader(api: Api, operation: str) -> Callable[[str], tuple[Any, tuple[Exchange, ...]]]:
    """Reads the count of a list, from one reading of all or from each alone, with what shows it; None where none is."""
    if operation == "get_lead_list":

        def read(ident: str) -> tuple[Any, tuple[Exchange, ...]]:
            page = api.ok("get_lead_list", path={"lead_list_id": ident})
            return page.json()["data"].get("lead_count"), (page,)

        return read
    listing = crawl_pages(api, ListReference("list_lead_lists"), 500, 4)
    counts = {str(row.get("id")): row.get("lead_count") for row in listing.items}
    return lambda ident: (counts.get(ident), listing.pages)


def _lists_of_all_sizes(world: Inventory) -> list[str]:
    """The empty, the shortest and the two longest lists that can be read to the end."""
    readable = sorted((row for row in world.lists if (row.get("lead_count") or 0) <= 1500), key=_count)
    if not readable:
        raise PreconditionNotMet("no lead lists on the target")
    peopled = [row for row in readable if _count(row)]
    return list(dict.fromkeys(str(row["id"]) for row in [readable[0], *peopled[:1], *peopled[-2:]]))


def _count(row: Row) -> int:
    return whole_number(row.get("lead_count")) or 0


@pytest.mark.scenario("lists/same-as-row")
@pytest.mark.rule("LIST-SAME-AS-ROW")
def test_same_as_row(api: Api, session: Session, judge: Judge, contract: Contract, effort: Effort) -> None:
    """A list read alone equals its row in the list of lists, in the members that the contract names."""
    schemas = contract.document["components"]["schemas"]
    names, known = schemas["LeadList"]["properties"].keys(), documented_members(schemas)

    def look() -> Iterator[Claim]:
        listing = crawl_pages(api, ListReference("list_lead_lists"), effort.pick(2, 5), 1)
        reads = [api.ok("get_lead_list", path={"lead_list_id": ident}) for ident in listing.ids]
        after = listing if session.target.undisturbed else crawl_pages(api, ListReference("list_lead_lists"), 10, 1)
        for row, read in zip(listing.items, reads, strict=True):
            other = differing_members(row, steps.data_of(read), names, known)
            if any(
                row["id"] == later["id"] and not differing_members(row, later, names, known) for later in after.items
            ):
                proof, actual = (*listing.pages, read), f"others: {', '.join(other)}"
                yield Claim("LIST-SAME-AS-ROW", not other, proof, "the same fields", actual, "/data")

    report_after_recheck(judge, look, session, "no lead lists on the target", "get_lead_list")
