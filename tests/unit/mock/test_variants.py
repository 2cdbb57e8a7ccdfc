"""What the mock does when it takes a variant: the decisions that were made policies for their sake."""

import re
import tomllib
from typing import Any
from urllib.parse import quote

import pytest

from nhq.mock.policies import Policies
from nhq.mock.target_writer import write_target_folder
from nhq.mutation.variants.catalogue import find_variant


@pytest.fixture
def free(make):
    """Makes a mock that takes a variant."""
    return lambda ident, **options: make(find_variant(ident).apply(Policies()), **options)


def lead(name: str, **more: Any) -> dict[str, Any]:
    return {"first_name": "Lea", "last_name": "Test", "linkedin_url": f"https://www.linkedin.com/in/{name}", **more}


def put(mock, *leads: Any, target: str = "list_empty"):
    body = leads[0] if len(leads) == 1 else {"leads": list(leads)}
    return mock.post(f"/lead_lists/{mock.given[target]}/leads", body)


def cursor_of(mock, path: str) -> str:
    return quote(mock.get(path).json["pagination"]["next_cursor"], safe="")


# --- spelling -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ident", "form"),
    [
        ("has-uuids-for-ids", r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}"),
        ("has-numbers-for-ids", r"\d{26}"),
        ("has-short-numbers-for-ids", r"\d{1,10}"),
        ("has-urns-for-ids", r"urn:nhq:lead:[0-9a-f]{20}"),
        ("has-base64-for-ids", r"[A-Za-z0-9+/]+=*"),
    ],
)
def test_ids_are_spelt_otherwise_and_understood(free, ident: str, form: str) -> None:
    """An id of another form names the same thing in a path, in a filter and as a landmark; others name nothing."""
    mock = free(ident)
    shown = next(row for row in mock.get("/leads?limit=500").data if row["lead_list_ids"])
    assert re.fullmatch(form, shown["id"])
    assert mock.get(f"/leads/{quote(shown['id'], safe='')}").data == shown
    listed = quote(shown["lead_list_ids"][0], safe="")
    assert shown["id"] in [row["id"] for row in mock.get(f"/leads?limit=500&list_ids={listed}").data]
    named = mock.control("GET", "/landmarks").json["lead_enriched"]
    assert mock.get(f"/leads/{quote(named, safe='')}").data["id"] == named
    other = "1" * len(shown["id"])
    assert mock.get(f"/leads/{other}").status == 404


@pytest.mark.parametrize(
    "ident", ["has-long-cursors", "has-strange-cursors", "has-numbers-for-cursors", "salts-cursors"]
)
def test_cursors_of_any_form_lead_on(free, make, ident: str) -> None:
    """Whatever a cursor looks like, what it leads to is the same; rubbish is refused as before."""
    mock = free(ident)
    second = mock.get(f"/leads?limit=3&cursor={cursor_of(mock, '/leads?limit=3')}")
    assert [row["id"] for row in second.data] == [row["id"] for row in make().get("/leads?limit=6").data[3:]]
    assert mock.get("/leads?cursor=rubbish").status == 400


def test_a_cursor_may_be_good_once(free) -> None:
    """The second request with one cursor is refused."""
    mock = free("issues-cursors-for-one-request")
    path = f"/leads?limit=2&cursor={cursor_of(mock, '/leads?limit=2')}"
    assert [mock.get(path).status for _ in range(2)] == [200, 400]


# --- pages and filters ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ident", "count"), [("shows-the-first-page-for-unknown-cursors", 2), ("shows-nothing-for-unknown-cursors", 0)]
)
def test_an_unknown_cursor_may_show_a_page(free, ident: str, count: int) -> None:
    """The first page, or an empty one that is the last."""
    answer = free(ident).get("/leads?limit=2&cursor=rubbish")
    assert (answer.status, len(answer.data)) == (200, count)
    assert answer.json["pagination"]["has_more"] is bool(count)


def test_a_foreign_cursor_may_show_a_page(free) -> None:
    """The own first page, nothing of the workspace that the cursor is of."""
    mock = free("shows-the-first-page-for-foreign-cursors")
    theirs = quote(mock.get("/leads?limit=2", key="beta_full").json["pagination"]["next_cursor"], safe="")
    assert mock.get(f"/leads?limit=2&cursor={theirs}").data == mock.get("/leads?limit=2").data


def test_a_cursor_may_bind_its_filters(free) -> None:
    """With other filters it is refused, or brings its own."""
    for ident, status in (("binds-cursors-to-their-filters", 400), ("keeps-filters-in-cursors", 200)):
        mock = free(ident)
        filtered = f"list_ids={mock.given['list']}"
        cursor = cursor_of(mock, f"/leads?limit=2&{filtered}")
        mine, other = (mock.get(f"/leads?limit=2&cursor={cursor}{more}") for more in (f"&{filtered}", ""))
        assert (mine.status, other.status) == (200, status)
        assert status == 400 or other.data == mine.data


def test_queries_may_be_read_otherwise(free) -> None:
    """Unknown and repeated parameters are refused, or of a repeated one the first counts."""
    assert free("refuses-unknown-parameters").get("/leads?limit=2&colour=red").status == 400
    assert free("refuses-unknown-parameters").get("/leads?limit=2&query=a").status == 200
    assert free("refuses-repeated-parameters").get("/leads?limit=2&limit=3").status == 400
    assert len(free("takes-the-first-of-repeated-parameters").get("/leads?limit=2&limit=3").data) == 2


def test_filters_may_be_read_otherwise(free) -> None:
    """Empty ones leave nothing, ids of nothing are refused, unread_only=false shows read threads."""
    mock = free("filters-by-empty-values")
    assert (mock.get("/leads?list_ids=").data, mock.get("/conversations?linkedin_account_id=").data) == ([], [])
    assert mock.get("/leads?limit=1").data != []
    assert free("refuses-filters-by-unknown-ids").get("/leads?list_ids=nobody").status == 400
    shown = free("shows-read-threads-for-unread-false").get("/conversations?unread_only=false").data
    assert {row["is_unread"] for row in shown} == {False}


def test_what_is_new_may_be_listed_later(free) -> None:
    """A member stands in the list once a second has passed."""
    mock = free("lists-members-within-seconds")
    put(mock, lead("late"))
    path = f"/lead_lists/{mock.given['list_empty']}/leads"
    assert mock.get(path).data == []
    mock.clock.advance(1.0)
    assert len(mock.get(path).data) == 1


def test_a_search_may_rank(free, make) -> None:
    """The same leads in another order, on as many pages as one likes."""
    mock = free("ranks-by-relevance")
    ranked = [row["id"] for row in mock.crawl("/leads?query=an", 50)]
    usual = [row["id"] for row in make().crawl("/leads?query=an", 50)]
    assert sorted(ranked) == sorted(usual) != ranked


# --- requests -------------------------------------------------------------------------------------------------


def test_requests_may_be_refused_for_their_size_or_type(free) -> None:
    """Too long a query, another media type, an id with strange characters."""
    assert free("bounds-the-size-of-queries").get(f"/leads?query={'a' * 600}").status == 414
    mock = free("answers-415-to-other-media-types")
    assert mock.post("/lead_lists", raw=b"{}", headers={"content-type": "text/plain"}).status == 415
    mock = free("refuses-strange-ids")
    assert [mock.get(f"/leads/{ident}").status for ident in ("a%7Cb", "nobody")] == [400, 404]


def test_more_may_be_wrong_with_an_entry(free) -> None:
    """Alone it is refused, in a batch malformed, named by its field."""
    mock = free("takes-phone-numbers-alone")
    odd = lead("odd", phone="ask my mother")
    assert put(mock, odd).status == 400
    answer = put(mock, odd, lead("even"))
    assert [entry["errors"][0]["field"] for entry in answer.json["malformed"]] == ["phone"]


def test_a_forbidden_request_may_be_told_so_before_the_limit_and_counts(free) -> None:
    """With the limit judged last a used up key is told 403 and 404 first, and 429 for what is otherwise fine."""
    mock = free("limits-last-of-all", limit=2)
    forbidden = [mock.get("/campaigns", key="none") for _ in range(3)]
    assert [answer.status for answer in forbidden] == [403] * 3
    assert [answer.headers["x-ratelimit-remaining"] for answer in forbidden] == ["1", "0", "0"]
    assert [mock.get("/leads/nobody").status for _ in range(3)] == [404] * 3
    assert mock.get("/leads?limit=1").status == 429


# --- what is written ------------------------------------------------------------------------------------------


def test_imports_may_end_otherwise(free) -> None:
    """Twins fail, batches without a good entry are refused, results come backwards, leads are known by e-mail."""
    answer = put(free("fails-the-second-of-twins"), lead("twin"), lead("twin"))
    assert (answer.status, answer.json["summary"]["created"], answer.json["failed"][0]["index"]) == (207, 1, 1)
    assert put(free("refuses-batches-without-a-good-entry"), {}, {}).status == 400
    answer = put(free("tells-results-backwards"), lead("a"), lead("b"))
    assert [entry["index"] for entry in answer.data] == [1, 0]
    mock = free("knows-leads-by-their-e-mail-too")
    first, second = (put(mock, lead(name, email="lea@example.com")) for name in ("one", "other"))
    assert (second.json["result"], second.data["id"]) == ("already_in_list", first.data["id"])


def test_a_new_lead_may_join_elsewhere_too(free) -> None:
    """The default list, and a running campaign whose source list it joins."""
    mock = free("keeps-new-leads-in-a-default-list")
    ident = put(mock, lead("new")).data["id"]
    assert len(mock.get(f"/leads/{ident}").data["lead_list_ids"]) == 2
    mock = free("enrolls-who-joins-later")
    campaign = next(row for row in mock.get("/campaigns").data if row["status"] == "started" and row["leadList"])
    joined = mock.post(f"/lead_lists/{campaign['leadList']['id']}/leads", lead("later")).data["id"]
    assert joined in [row["lead_id"] for row in mock.crawl(f"/campaigns/{campaign['id']}/leads", 500)]
    after = next(row for row in mock.get("/campaigns").data if row["id"] == campaign["id"])
    assert after["totalLeads"] == campaign["totalLeads"] + 1


def test_a_draft_may_count_its_source_list(free) -> None:
    """As many as the list has members now."""
    mock = free("counts-the-source-list-of-drafts")
    campaign = mock.given["campaign_startable"]

    def row() -> Any:
        return next(row for row in mock.get("/campaigns").data if row["id"] == campaign)

    before = row()
    mock.post(f"/lead_lists/{before['leadList']['id']}/leads", lead("one-more"))
    assert row()["totalLeads"] == before["totalLeads"] + 1 > 1


def test_overrides_may_be_taken_otherwise(free) -> None:
    """Of two for one slot the first counts, or they are refused; a campaign that is over takes none."""

    def save(mock, *texts: str, campaign: str = "campaign_paused"):
        slot = {"node_type": "send_message", "message_stage": "ice_breaker"}
        path = f"/campaigns/{mock.given[campaign]}/leads/{mock.given['lead_enrolled']}/message-overrides"
        return mock.call("PUT", path, {"messages": [{**slot, "message": text} for text in texts]})

    assert [row["message"] for row in save(free("saves-the-first-of-two-texts"), "a", "b").data] == ["a"]
    assert save(free("refuses-two-texts-for-a-slot"), "a", "b").status == 400
    assert save(free("refuses-two-texts-for-a-slot"), "a", "a").status == 200
    assert save(free("refuses-repeated-slots"), "a", "a").status == 400
    assert save(free("takes-no-overrides-when-it-is-over"), "a").status == 200


def test_reading_may_mark_as_read(free) -> None:
    """The conversation is read afterwards, in the list too."""
    mock = free("marks-as-read-by-reading")
    ident = next(row["id"] for row in mock.get("/conversations").data if row["is_unread"])
    mock.get(f"/conversations/{ident}")
    assert {row["id"]: row["is_unread"] for row in mock.get("/conversations").data}[ident] is False


def test_a_body_may_come_without_its_length(free) -> None:
    """Then nothing announces one."""
    answer = free("sends-bodies-in-chunks").get("/leads?limit=1")
    assert "content-length" not in answer.headers
    assert answer.data != []


def test_the_handoff_names_things_as_the_wire_does(free, tmp_path) -> None:
    """Ids in the target file are spelt as answers spell them."""
    mock = free("has-urns-for-ids")
    write_target_folder(tmp_path, "http://127.0.0.1:9", mock.app)
    given = tomllib.loads((tmp_path / "target.toml").read_text("utf-8"))["given"]
    assert given["lead_enriched"].startswith("urn:nhq:lead:")
    assert given == mock.control("GET", "/landmarks").json
