"""The answer to an import, against its request and against itself."""

from typing import Any

import pytest

from nhq.model import Verdict

HOLDS, VIOLATED = Verdict.HOLDS, Verdict.VIOLATED
PATH = "/lead_lists/l1/leads"
LEAD = {"first_name": "A", "last_name": "B", "linkedin_url": "https://www.linkedin.com/in/x"}
COUNTED = ("created", "added_existing", "already_in_list")


def single(result: str = "created") -> dict[str, Any]:
    return {"data": {"id": "1"}, "result": result}


def answer(*results: str, malformed: int = 0, failed: int = 0, base: int = 0, **wrong: Any) -> dict[str, Any]:
    """The answer to a batch: first what has a result, then malformed, then failed entries."""
    total = len(results) + malformed + failed
    indexes = list(range(base, base + total))
    summary = {"attempted": total, **{name: results.count(name) for name in COUNTED}}
    return {
        "data": [{"index": indexes[i], "result": result, "lead": {"id": str(i)}} for i, result in enumerate(results)],
        "malformed": [{"index": i, "errors": []} for i in indexes[len(results) : len(results) + malformed]],
        "failed": [{"index": i, "error": {}} for i in indexes[len(results) + malformed :]],
        "summary": summary | {"malformed": malformed, "failed": failed} | wrong,
    }


def verdicts(judged: Any, status: int, body: Any, request: Any) -> dict[str, Verdict]:
    found = judged(PATH, body, method="POST", status=status, request=request)
    return {rule: verdict for rule, verdict in found.items() if rule.startswith("IMPORT-")}


def batch(count: int) -> dict[str, Any]:
    return {"leads": [LEAD] * count}


@pytest.mark.parametrize(
    ("result", "status", "verdict"),
    [
        ("created", 201, HOLDS),
        ("added_existing", 201, HOLDS),
        ("already_in_list", 200, HOLDS),
        ("already_in_list", 201, VIOLATED),
        ("created", 200, VIOLATED),
        ("created", 207, VIOLATED),
    ],
)
def test_status_of_a_single_lead(judged, result, status, verdict):
    """200 when the lead was a member already, 201 otherwise."""
    assert verdicts(judged, status, single(result), LEAD)["IMPORT-SINGLE-STATUS"] is verdict


@pytest.mark.parametrize(
    ("body", "rule", "right"),
    [
        (answer("created", "already_in_list"), "IMPORT-BATCH-201", 201),
        (answer("added_existing"), "IMPORT-BATCH-201", 201),
        (answer("already_in_list"), "IMPORT-BATCH-200", 200),
        (answer("created", malformed=1), "IMPORT-BATCH-207", 207),
        (answer("already_in_list", failed=1), "IMPORT-BATCH-207", 207),
        (answer(malformed=2), "IMPORT-BATCH-207", 207),
    ],
)
def test_status_of_a_batch(judged, body, rule, right):
    """201 when anything was added without problems, 207 with problems, 200 when nothing was added: no other status.

    Two sentences speak of a batch with problems to which nothing was added; 200 is as good as 207 there.
    """
    sent = batch(body["summary"]["attempted"])
    assert verdicts(judged, right, body, sent)[rule] is HOLDS
    added = any(item["result"] != "already_in_list" for item in body["data"])
    either = {207, 200} if right == 207 and not added else {right}
    for status in {200, 201, 207} - either:
        assert verdicts(judged, status, body, sent)[rule] is VIOLATED
    for status in either:
        assert verdicts(judged, status, body, sent)[f"IMPORT-BATCH-{status}"] is HOLDS


def test_clean_where_something_was_added(judged):
    """malformed and failed are empty on 201, and on 200 unless nothing new was added."""
    for status in (200, 201):
        assert verdicts(judged, status, answer("created", malformed=1), batch(2))["IMPORT-CLEAN"] is VIOLATED
        assert verdicts(judged, status, answer("created"), batch(1))["IMPORT-CLEAN"] is HOLDS
    for body in answer("already_in_list", malformed=1), answer("already_in_list", failed=1), answer(malformed=2):
        assert verdicts(judged, 200, body, batch(2))["IMPORT-CLEAN"] is HOLDS
        assert verdicts(judged, 201, body, batch(2))["IMPORT-CLEAN"] is VIOLATED
    assert "IMPORT-CLEAN" not in verdicts(judged, 207, answer("created", malformed=1), batch(2))


@pytest.mark.parametrize("base", [0, 1])
def test_every_index_once(judged, base):
    """Indexes may count from 0 or from 1, through data, malformed and failed alike."""
    body = answer("created", "created", malformed=1, failed=1, base=base)
    assert verdicts(judged, 207, body, batch(4))["IMPORT-INDEXES"] is HOLDS


@pytest.mark.parametrize("index", [0, 5, -1, None, "1", 1.5, True])
def test_wrong_indexes(judged, index):
    """An index that is repeated, out of range or no number is found."""
    body = answer("created", "created")
    body["data"][1]["index"] = index
    assert verdicts(judged, 201, body, batch(2))["IMPORT-INDEXES"] is VIOLATED


def test_a_lost_entry(judged):
    """An entry that the answer says nothing of is found, in the indexes and in the summary."""
    found = verdicts(judged, 201, answer("created"), batch(2))
    assert found["IMPORT-INDEXES"] is VIOLATED
    assert found["IMPORT-SUMMARY"] is VIOLATED


@pytest.mark.parametrize("name", ["attempted", "created", "added_existing", "already_in_list", "malformed", "failed"])
def test_each_count_of_the_summary(judged, name):
    """A summary that is off by one in any count is found; 2.0 is the number 2."""
    body = answer("created", "added_existing", "already_in_list", malformed=1, failed=1)
    assert verdicts(judged, 207, body, batch(5))["IMPORT-SUMMARY"] is HOLDS
    right = body["summary"][name]
    assert (
        verdicts(judged, 207, body | {"summary": body["summary"] | {name: float(right)}}, batch(5))["IMPORT-SUMMARY"]
        is HOLDS
    )
    assert (
        verdicts(judged, 207, body | {"summary": body["summary"] | {name: right + 1}}, batch(5))["IMPORT-SUMMARY"]
        is VIOLATED
    )


def test_shapes(judged):
    """One lead gives the lead and its result, a batch the shape of a batch."""
    assert verdicts(judged, 201, single(), LEAD)["IMPORT-SHAPE"] is HOLDS
    assert verdicts(judged, 201, answer("created"), LEAD)["IMPORT-SHAPE"] is VIOLATED
    assert verdicts(judged, 201, answer("created"), batch(1))["IMPORT-SHAPE"] is HOLDS
    assert verdicts(judged, 201, single(), batch(1))["IMPORT-SHAPE"] is VIOLATED
    assert verdicts(judged, 201, {"data": [], "malformed": [], "failed": []}, batch(1))["IMPORT-SHAPE"] is VIOLATED


@pytest.mark.parametrize("request_", [b"", b"{", [], {"leads": 3}, {"leads": [LEAD], "first_name": "A"}, 7])
def test_odd_requests_are_not_judged(judged, request_):
    """A request that is neither a lead nor a batch is for the schema to judge."""
    assert not verdicts(judged, 400, {"error": {"code": "x", "message": "y"}}, request_)
    found = verdicts(judged, 201, answer("created"), request_)
    assert VIOLATED not in found.values()


@pytest.mark.parametrize("status", [400, 404, 429, 500])
def test_refusals_are_not_judged(judged, status):
    """Nothing is asked of an answer that is no success."""
    assert not verdicts(judged, status, {"error": {"code": "x", "message": "y"}}, batch(2))


@pytest.mark.parametrize("name", ["data", "malformed", "failed"])
def test_a_batch_without_one_of_its_parts_is_judged_by_its_shape_alone(judged, name):
    """What is missing is named; no other rule reads the rest of it."""
    body = {part: value for part, value in answer("created", malformed=1, failed=1).items() if part != name}
    assert verdicts(judged, 207, body, batch(3)) == {"IMPORT-SHAPE": VIOLATED}


@pytest.mark.parametrize("request_body", [{"leads": [{}], "more": 1}, {"leads": {}}, {"leads": None}, {}, [], None])
def test_a_request_that_is_no_plain_batch_is_not_judged_as_one(judged, request_body):
    """What a server makes of members beside `leads`, or of `leads` that are no array, is for other rules to say."""
    body = {"data": [], "malformed": [{"index": 5}], "failed": [], "summary": {"attempted": 7}}
    told = judged("/lead_lists/l1/leads", body, method="POST", status=201, request=request_body)
    assert not {"IMPORT-INDEXES", "IMPORT-SUMMARY", "IMPORT-CLEAN", "IMPORT-BATCH-201"} & set(told)
