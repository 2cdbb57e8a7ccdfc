"""`query` and `list_ids` on GET /leads, `unread_only` and `linkedin_account_id` on GET /conversations."""

import pytest

from nhq.mock.policies import search
from nhq.mock.wire_records import Lead

FIELDS = ("first_name", "last_name", "company", "job_title", "location", "email")


def lead(**fields: str) -> Lead:
    """A lead with some fields."""
    return Lead(id="l", created_at="", updated_at="", **fields)


def found(record: Lead, query: str) -> bool:
    """Whether a query finds a lead."""
    return search.matches_query(search.searched_text(record), search.terms(query))


@pytest.mark.parametrize("field", FIELDS)
def test_each_searched_field(field: str) -> None:
    """A term in any of the six fields is found, in any case."""
    assert found(lead(**{field: "Größe Zebra"}), "zEBRA")
    assert found(lead(**{field: "Größe Zebra"}), "GRÖSSE")


@pytest.mark.parametrize("field", ["notes", "headline", "summary", "industry", "phone", "linkedin_url", "gender"])
def test_no_other_field(field: str) -> None:
    """A term in any other field is not found."""
    assert not found(lead(**{field: "zebra"}), "zebra")


def test_terms_are_and_matched() -> None:
    """Every term must occur, in whichever field."""
    record = lead(first_name="Ada", company="Acme")
    assert found(record, "acme ada")
    assert not found(record, "acme bob")


def test_terms_do_not_span_fields() -> None:
    """A term is looked for within one field."""
    assert not found(lead(first_name="Ada", last_name="Byron"), "adabyron")


def test_search_over_http(mock) -> None:
    """The search finds exactly the leads that a reading of all leads finds."""
    every = mock.crawl("/leads", 500)

    def text(item) -> str:
        return " ".join(str(item[field] or "") for field in FIELDS).casefold()

    expected = [item["id"] for item in every if "acme" in text(item) and "zürich" in text(item)]
    assert [item["id"] for item in mock.crawl("/leads?query=ACME+Z%C3%BCRICH", 7)] == expected
    assert expected


@pytest.mark.parametrize("query", ["", "query=", "query=%20%20", "list_ids=", "list_ids=,"])
def test_blank_filters(mock, query: str) -> None:
    """A blank query and empty list_ids filter nothing."""
    assert len(mock.crawl(f"/leads?{query}", 500)) == 1300


def test_list_ids(mock) -> None:
    """`list_ids` shows members of any of the lists, and unknown or foreign ids add nobody."""
    given = mock.given
    members = {item["id"] for item in mock.crawl(f"/lead_lists/{given['list']}/leads", 500)}
    overlapping = {item["id"] for item in mock.crawl(f"/lead_lists/{given['list_overlapping']}/leads", 500)}
    wanted = f"{given['list']},nobody,{given['beta_list']}"
    assert {item["id"] for item in mock.crawl(f"/leads?list_ids={wanted}", 7)} == members
    both = f"{given['list']},{given['list_overlapping']}"
    assert {item["id"] for item in mock.crawl(f"/leads?list_ids={both}", 7)} == members | overlapping
    assert mock.get("/leads?list_ids=nobody").data == []


def test_query_and_list_ids(mock) -> None:
    """Both filters hold together, on every page."""
    listed = {item["id"] for item in mock.crawl(f"/leads?list_ids={mock.given['list_large']}", 500)}
    searched = {item["id"] for item in mock.crawl("/leads?query=globex", 500)}
    both = {item["id"] for item in mock.crawl(f"/leads?query=globex&list_ids={mock.given['list_large']}", 7)}
    assert both == listed & searched
    assert len(both) > 7


def test_lead_list_ids_are_memberships(mock) -> None:
    """`lead_list_ids` names exactly the lists that show the lead as a member."""
    lists = [item["id"] for item in mock.crawl("/lead_lists", 500)]
    members = {ident: {item["id"] for item in mock.crawl(f"/lead_lists/{ident}/leads", 500)} for ident in lists}
    for item in mock.crawl("/leads", 500):
        assert set(item["lead_list_ids"]) == {ident for ident in lists if item["id"] in members[ident]}


def test_unread_only(mock) -> None:
    """`unread_only=true` shows exactly the unread threads, false shows all."""
    every = mock.crawl("/conversations", 500)
    unread = [item["id"] for item in every if item["is_unread"]]
    assert 7 < len(unread) < len(every)
    assert [item["id"] for item in mock.crawl("/conversations?unread_only=true", 3)] == unread
    assert len(mock.crawl("/conversations?unread_only=false", 500)) == len(every)


@pytest.mark.parametrize("value", ["maybe", "1", "TRUE", "", "yes"])
def test_bad_unread_only(mock, value: str) -> None:
    """Anything but true and false is 400."""
    assert mock.get(f"/conversations?unread_only={value}").status == 400


def test_linkedin_account_id(mock) -> None:
    """`linkedin_account_id` shows exactly one sender's threads; an unknown one shows none."""
    every = mock.crawl("/conversations", 500)
    account = mock.given["account"]
    expected = [item["id"] for item in every if item["linkedin_account"]["id"] == account]
    assert 2 <= len(expected) < len(every)
    assert [item["id"] for item in mock.crawl(f"/conversations?linkedin_account_id={account}", 2)] == expected
    assert mock.get("/conversations?linkedin_account_id=nobody").data == []
    assert mock.get(f"/conversations?linkedin_account_id={mock.given['beta_account']}").data == []
