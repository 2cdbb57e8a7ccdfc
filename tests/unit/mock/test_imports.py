"""Importing leads: single, batch, de-duplication, every result and status."""

from typing import Any

import pytest

PATH = "/lead_lists/{lead_list_id}/leads"


def lead(name: str, **more: Any) -> dict[str, Any]:
    """A lead to import."""
    return {"first_name": "Lea", "last_name": "Test", "linkedin_url": f"https://www.linkedin.com/in/{name}", **more}


def put(mock, body, target: str = "list_empty"):
    """POST into a list that a landmark names."""
    return mock.post(f"/lead_lists/{mock.given[target]}/leads", body)


def test_single(mock, contracted) -> None:
    """First `created` (201), then `already_in_list` (200), then `added_existing` (201) in another list: one lead."""
    answers = [put(mock, lead("single")), put(mock, lead("single")), put(mock, lead("single"), "list")]
    for answer in answers:
        contracted(PATH, "post", answer)
    assert [(answer.status, answer.json["result"]) for answer in answers] == [
        (201, "created"),
        (200, "already_in_list"),
        (201, "added_existing"),
    ]
    assert len({answer.data["id"] for answer in answers}) == 1
    stored = mock.get(f"/leads/{answers[0].data['id']}").data
    assert set(stored["lead_list_ids"]) == {mock.given["list_empty"], mock.given["list"]}


def test_all_fields_are_kept(mock) -> None:
    """What was sent is what the lead says, null where null was sent or nothing."""
    sent = lead(
        "full",
        email="é@example.com",
        company="Ünïque",
        company_linkedin_url=None,
        job_title="長",
        headline="h",
        summary="s",
        industry="i",
        skills=["a", "ß"],
        phone="1",
        location="l",
        gender="g",
        date_of_birth="1990-01-15T00:00:00.000Z",
        notes="n 🙂",
        profile_picture_url="p",
    )
    ident = put(mock, sent).data["id"]
    stored = mock.get(f"/leads/{ident}").data
    assert {name: stored[name] for name in sent} == sent
    bare = mock.get(f"/leads/{put(mock, lead('bare')).data['id']}").data
    assert bare["email"] is None
    assert bare["skills"] is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "x",
        None,
        3,
        {"first_name": "A"},
        lead("x", first_name=""),
        lead("x", unknown=1),
        lead("x", skills=[1]),
        lead("x", date_of_birth="yesterday"),
        lead("x", linkedin_url=None),
        {"leads": []},
        {"leads": [lead(str(number)) for number in range(101)]},
        {"leads": lead("x")},
        {"leads": [lead("x")], "more": 1},
    ],
)
def test_bad_body(mock, body) -> None:
    """A single lead that breaks its schema, no lead at all, or more than 100, is 400, and nothing is imported."""
    before = len(mock.crawl("/leads", 500))
    answer = (
        mock.call("POST", f"/lead_lists/{mock.given['list']}/leads", raw=b"null") if body is None else put(mock, body)
    )
    assert answer.status == 400
    assert len(mock.crawl("/leads", 500)) == before


def test_batch_of_every_result(mock, contracted) -> None:
    """207: each entry by its index under what became of it, and a summary whose counts add up."""
    member = mock.get(f"/lead_lists/{mock.given['list']}/leads?limit=1").data[0]["linkedin_url"]
    known = next(item["linkedin_url"] for item in mock.get("/leads?limit=9").data if item["linkedin_url"])
    entries = [
        lead("fresh"),
        {"first_name": "A"},
        lead("x", linkedin_url=mock.given["import_url_fails"]),
        lead("x", linkedin_url=member),
        lead("x", linkedin_url=known),
        lead("fresh"),
        7,
    ]
    answer = put(mock, {"leads": entries}, "list")
    contracted(PATH, "post", answer)
    assert answer.status == 207
    assert [(item["index"], item["result"]) for item in answer.data] == [
        (0, "created"),
        (3, "already_in_list"),
        (4, "added_existing"),
        (5, "already_in_list"),
    ]
    assert [item["index"] for item in answer.json["malformed"]] == [1, 6]
    assert [(item["index"], item["error"]["code"]) for item in answer.json["failed"]] == [(2, "processing_failed")]
    assert answer.json["summary"] == {
        "attempted": 7,
        "created": 1,
        "added_existing": 1,
        "already_in_list": 2,
        "malformed": 2,
        "failed": 1,
    }


def test_batch_statuses(mock) -> None:
    """201 when anything was created or attached without a problem, 200 when nothing was new, 207 with a problem."""
    assert put(mock, {"leads": [lead("a"), lead("b")]}).status == 201
    assert put(mock, {"leads": [lead("a"), lead("b")]}).status == 200
    assert put(mock, {"leads": [lead("a"), lead("c")]}).status == 201
    assert put(mock, {"leads": [lead("a"), {}]}).status == 207
    assert put(mock, {"leads": [{}]}).status == 207
    assert put(mock, {"leads": [lead("x", linkedin_url=mock.given["import_url_fails"])]}).status == 207


def test_a_hundred(mock) -> None:
    """A batch may have 100 leads, which become the newest members in the order sent."""
    answer = put(mock, {"leads": [lead(f"hundred-{number}") for number in range(100)]})
    assert answer.json["summary"]["created"] == 100
    members = mock.crawl(f"/lead_lists/{mock.given['list_empty']}/leads", 7)
    assert [item["id"] for item in members] == [item["lead"]["id"] for item in reversed(answer.data)]


def test_membership_order(mock) -> None:
    """Members stand by when they joined, not by when they were created."""
    old = mock.crawl("/leads", 500)[-1]
    put(mock, lead("young"))
    mock.clock.advance(5)
    put(mock, lead("x", linkedin_url=old["linkedin_url"]))
    first = mock.get(f"/lead_lists/{mock.given['list_empty']}/leads?limit=1").data[0]
    assert first["id"] == old["id"]


def test_dedupe_is_by_workspace(mock) -> None:
    """A profile that only the other workspace knows is created here, and theirs stays theirs."""
    mine = put(mock, lead("shared")).data["id"]
    answer = mock.post(f"/lead_lists/{mock.given['beta_list']}/leads", lead("shared"), key="beta_full")
    assert answer.json["result"] == "created"
    assert answer.data["id"] != mine


def test_an_import_changes_no_existing_lead(mock) -> None:
    """A known lead keeps its own values."""
    ident = put(mock, lead("kept", company="Before")).data["id"]
    put(mock, lead("kept", company="After"), "list")
    assert mock.get(f"/leads/{ident}").data["company"] == "Before"


def test_failing_single_import(mock) -> None:
    """A single lead whose processing fails is refused, and not created."""
    before = len(mock.crawl("/leads", 500))
    answer = put(mock, lead("x", linkedin_url=mock.given["import_url_fails"]))
    assert (answer.status, answer.code) == (400, "processing_failed")
    assert len(mock.crawl("/leads", 500)) == before


def test_problems_name_no_values(mock) -> None:
    """What is said of a malformed entry names fields, never what they held."""
    secret = "Personal-Name-42"
    answer = put(mock, {"leads": [lead("x", first_name=3, email=[secret], date_of_birth=secret)]})
    assert {error["field"] for error in answer.json["malformed"][0]["errors"]} == {
        "first_name",
        "email",
        "date_of_birth",
    }
    assert secret.encode() not in answer.body
    assert secret.encode() not in put(mock, lead("x", email=[secret])).body
