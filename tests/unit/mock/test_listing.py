"""The eight lists: one sequence for every page size, stable under writes, nothing foreign."""

import pytest

LISTS = {
    "campaigns": "/campaigns",
    "campaign_leads": "/campaigns/{campaign_large}/leads",
    "accounts": "/linkedin_accounts",
    "lists": "/lead_lists",
    "members": "/lead_lists/{list_large}/leads",
    "leads": "/leads",
    "conversations": "/conversations",
    "messages": "/conversations/{conversation_long}",
}
AT_LEAST = {
    "campaigns": 16,
    "campaign_leads": 501,
    "accounts": 9,
    "lists": 12,
    "members": 501,
    "leads": 1200,
    "conversations": 16,
    "messages": 501,
}


@pytest.fixture(params=LISTS)
def path(request, mock) -> str:
    """The path of each list in turn."""
    return LISTS[request.param].format(**mock.given)


@pytest.mark.parametrize("name", LISTS)
def test_enough_to_page_through(mock, name: str) -> None:
    """Each list has several pages of seven, and the large ones of 500."""
    assert len(mock.crawl(LISTS[name].format(**mock.given), 500)) >= AT_LEAST[name]


def test_one_sequence(mock, path: str) -> None:
    """Pages of 7, 100 and 500 give one sequence, without a duplicate."""
    whole = [item["id"] for item in mock.crawl(path, 500)]
    assert len(set(whole)) == len(whole)
    assert [item["id"] for item in mock.crawl(path, 100)] == whole
    assert [item["id"] for item in mock.crawl(path, 7)] == whole


def test_one_by_one(mock, path: str) -> None:
    """Pages of one give the same first items."""
    expected = [item["id"] for item in mock.get(f"{path}?limit=20").json_items]
    cursor, seen = "", []
    for _ in expected[:12]:
        answer = mock.get(f"{path}?limit=1{cursor}")
        seen += [item["id"] for item in answer.json_items]
        cursor = f"&cursor={answer.json['pagination']['next_cursor']}"
    assert seen == expected[: len(seen)]


def test_default_and_echo(mock, path: str) -> None:
    """100 items are shown unless asked otherwise, and `pagination.limit` repeats the size in force."""
    answer = mock.get(path)
    assert len(answer.json_items) <= 100
    assert answer.json["pagination"]["limit"] == 100
    assert mock.get(f"{path}?limit=3").json["pagination"]["limit"] == 3


@pytest.mark.parametrize("limit", ["0", "501", "-1", "abc", "1.5", "", "1e2", "٣", "99999999999"])
def test_bad_limit(mock, path: str, limit: str) -> None:
    """A limit outside 1 to 500, or no integer, is 400."""
    answer = mock.get(f"{path}?limit={limit}")
    assert (answer.status, answer.code) == (400, "invalid_parameter")


@pytest.mark.parametrize("cursor", ["", "nonsense", "AAAA", "%00", "null"])
def test_bad_cursor(mock, path: str, cursor: str) -> None:
    """A cursor that was never issued is 400."""
    assert mock.get(f"{path}?cursor={cursor}").status == 400


def test_cursor_of_another_workspace(mock) -> None:
    """A cursor of one workspace is no good in another, nor in another list."""
    cursor = mock.get("/leads?limit=1").json["pagination"]["next_cursor"]
    assert mock.get(f"/leads?cursor={cursor}", key="beta_full").status == 400
    assert mock.get(f"/campaigns?cursor={cursor}").status == 400


def test_exactly_full_last_page(mock) -> None:
    """A last page that is exactly full says that there is no more."""
    answer = mock.get(f"/lead_lists?limit={len(mock.crawl('/lead_lists', 500))}")
    assert answer.json["pagination"] == {
        "limit": answer.json["pagination"]["limit"],
        "has_more": False,
        "next_cursor": None,
    }


@pytest.mark.parametrize("size", [1, 7, 100, 500])
@pytest.mark.parametrize(
    ("name", "stamp"),
    [
        ("campaigns", "createdAt"),
        ("accounts", "created_at"),
        ("lists", "created_at"),
        ("leads", "created_at"),
        ("campaign_leads", "enrolled_at"),
        ("messages", "sent_at"),
    ],
)
def test_ties_straddle_page_borders(mock, name: str, stamp: str, size: int) -> None:
    """Some page, of each size that the list fills, begins with an item as old as the one before it."""
    moments = [item[stamp] for item in mock.crawl(LISTS[name].format(**mock.given), 500)]
    borders = range(size, len(moments), size)
    assert not borders or any(moments[border] == moments[border - 1] for border in borders)


def test_writes_during_a_crawl(mock) -> None:
    """Leads that existed before a crawl appear exactly once, whatever is created during it."""
    before = [lead["id"] for lead in mock.crawl("/leads", 500)]
    seen, cursor, number = [], "", 0
    while True:
        answer = mock.get(f"/leads?limit=100{cursor}")
        seen += [lead["id"] for lead in answer.data]
        if not answer.json["pagination"]["has_more"]:
            break
        cursor = f"&cursor={answer.json['pagination']['next_cursor']}"
        number += 1
        mock.clock.advance(number % 2)
        new = {"first_name": "New", "last_name": "Lead", "linkedin_url": f"https://www.linkedin.com/in/new-{number}"}
        mock.post(f"/lead_lists/{mock.given['list']}/leads", new)
    assert seen == before


@pytest.mark.parametrize(
    ("path", "stamp"),
    [("/campaigns", "createdAt"), ("/linkedin_accounts", "created_at"), ("/lead_lists", "created_at")],
)
def test_newest_first(mock, path: str, stamp: str) -> None:
    """The newest comes first."""
    moments = [item[stamp] for item in mock.crawl(path, 500)]
    assert moments == sorted(moments, reverse=True)


def test_nothing_foreign(mock) -> None:
    """No list shows anything of the other workspace."""
    for path in ("/campaigns", "/linkedin_accounts", "/lead_lists", "/leads", "/conversations"):
        ours = {item["id"] for item in mock.crawl(path, 500)}
        theirs = {item["id"] for item in mock.crawl(path, 500, key="beta_full")}
        assert theirs
        assert not ours & theirs
