"""What was written is read again when time has passed: on a live target at the run's end, what the whole run wrote.

Where each test begins anew, it writes something first, and a minute passes.

Not convicted: what others may change, campaigns where others act, messages that stay pending, and fields that
enrichment fills.
"""

import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

from nhq.scenarios import (
    MARK,
    Api,
    Exchange,
    Inventory,
    Judge,
    PreconditionNotMet,
    Written,
    data_of,
    double_charges,
    import_into,
    look_until,
    new_lead,
    new_list,
    read_whole_list,
    run_action,
    unique_word,
    valid_body,
)

LATER = 60.0  # seconds
MOST = 3  # lists, conversations and single things that are read again
TRACES = ("profile_enriched_at", "company_enriched_at", "company_details")


def writes(api: Api) -> bool:
    """Does the test write something itself? Where nothing is put back, all that the run has written is there."""
    return api.target.restorable


def pass_time(api: Api) -> None:
    """Let a minute pass, where the clock can be moved; elsewhere it has passed by now."""
    if api.session.moves_clock:
        api.session.clock.sleep(LATER)


def some(things: Iterable[Written], what: str) -> list[Written]:
    """The things of one kind that the run wrote, the oldest first. Raises PreconditionNotMet where it wrote none."""
    found = sorted(things, key=lambda one: one.answer.sent)
    if not found:
        raise PreconditionNotMet(f"no {what} that this run wrote")
    return found


def gone(api: Api, operation: str, **path: str) -> Exchange | None:
    """The 404 that says a thing is gone; None where it is still there."""
    answer = api.call(operation, path=path)
    return answer if answer.status == 404 else None


@pytest.mark.scenario("later/lists-stand")
@pytest.mark.last
@pytest.mark.rule("LIST-CREATES", "LIST-NAME-KEPT")
def test_lists_stand(api: Api, judge: Judge, rng: random.Random) -> None:
    """«Creates one or more lead lists»: each list that was made stands in the list of lists, under its name."""
    if writes(api):
        new_list(api, rng)
    lists = some(api.kept.lists.values(), "lead list")
    pass_time(api)
    rows = api.crawl("list_lead_lists", max_pages=MOST)
    shown = {str(row["id"]): row for row in rows.items}
    missing = [made for made in lists if made.about[0] not in shown]
    lost = gone(api, "get_lead_list", lead_list_id=missing[0].about[0]) if missing else None
    proof = [missing[0].answer, rows.last, lost] if lost else [lists[0].answer, rows.last]
    options: dict[str, Any] = {"operation": "create_lead_lists", "where": "/data"}
    expected, actual = "each list made there later on", f"{len(missing)} of {len(lists)} are gone"
    judge("LIST-CREATES", lost is None, proof, expected=expected, actual=actual, **options)
    renamed = [made for made in lists if made.about[0] in shown and shown[made.about[0]].get("name") != made.about[1]]
    proof = [(renamed or lists)[0].answer, rows.last]
    actual = f"{len(renamed)} have another name"
    judge("LIST-NAME-KEPT", not renamed, proof, expected="the name it was made with", actual=actual, **options)


@pytest.mark.scenario("later/leads-stand")
@pytest.mark.last
@pytest.mark.rule("IMPORT-CREATED", "IMPORT-FIELDS-KEPT", "SEARCH-FIELDS")
def test_leads_stand(api: Api, judge: Judge, rng: random.Random) -> None:
    """«a new lead was created and added»: each lead that was made stands among the leads, with the name it was given.

    A lead that was sent twice, or enriched, may have another name by now.
    """
    if writes(api):
        import_into(api, new_list(api, rng), new_lead(rng))
    leads = some(api.kept.leads.values(), "lead")
    pass_time(api)
    rows = api.crawl("list_leads", max_pages=MOST)
    shown = {str(row["id"]): row for row in rows.items}
    missing = [made for made in leads if made.about[0] not in shown]
    lost = gone(api, "get_lead", lead_id=missing[0].about[0]) if missing else None
    proof = [missing[0].answer, rows.last, lost] if lost else [leads[0].answer, rows.last]
    options: dict[str, Any] = {"operation": "import_leads", "where": "/data"}
    expected, actual = "each lead made there later on", f"{len(missing)} of {len(leads)} are gone"
    judge("IMPORT-CREATED", lost is None, proof, expected=expected, actual=actual, **options)
    plain = [lead for lead in leads if len(lead.about) > 1 and (lead.about[0],) not in api.kept.enriched]
    renamed = [lead for lead in plain if (row := shown.get(lead.about[0])) and row.get("last_name") != lead.about[1]]
    if plain:
        proof, actual = [(renamed or plain)[0].answer, rows.last], f"{len(renamed)} have another name"
        judge("IMPORT-FIELDS-KEPT", not renamed, proof, expected="the name it was made with", actual=actual, **options)
        found_by_name(api, judge, [lead for lead in plain if MARK in lead.about[1]])


def found_by_name(api: Api, judge: Judge, leads: list[Written]) -> None:
    """Judge that a search for the name that a lead was made with finds it by now."""
    for lead in leads[:1]:

        def look(wanted: Written = lead) -> Exchange:
            return api.ok("list_leads", query={"query": wanted.about[1]})

        def finds(page: Exchange, wanted: Written = lead) -> bool:
            return wanted.about[0] in {str(row["id"]) for row in page.json()["data"]}

        page = look_until(api.session, look, finds)
        proof, expected = [lead.answer, page], "a lead found by the name it was made with"
        judge("SEARCH-FIELDS", finds(page), proof, expected=expected, actual="not found", where="/data")


@pytest.mark.scenario("later/members-stand")
@pytest.mark.last
@pytest.mark.rule("IMPORT-MEMBERSHIP", "LIST-COUNT-TRUE")
def test_members_stand(api: Api, judge: Judge, rng: random.Random) -> None:
    """«a new lead was created and added»: each lead that joined a list of ours is a member, and the count says so."""
    if writes(api):
        import_into(api, new_list(api, rng), new_lead(rng))
    own = [made for made in api.kept.members.values() if (made.about[0],) in api.kept.lists]
    largest = Counter(made.about[0] for made in some(own, "member of a list")).most_common(MOST)
    pass_time(api)
    for ident, _ in largest:
        joined = [made for made in own if made.about[0] == ident]
        rows = read_whole_list(api, "list_members", path={"lead_list_id": ident})
        missing = [made for made in joined if made.about[1] not in rows.ids]
        proof = [(missing or joined)[0].answer, *rows.pages]
        options: dict[str, Any] = {"operation": "import_leads", "where": "/data"}
        expected, actual = "each member there later on", f"{len(missing)} of {len(joined)} are gone"
        judge("IMPORT-MEMBERSHIP", not missing, proof, expected=expected, actual=actual, **options)
        count = api.ok("get_lead_list", path={"lead_list_id": ident})
        total, expected = data_of(count).get("lead_count"), f"{len(rows.ids)}, the number of members"
        judge("LIST-COUNT-TRUE", total == len(rows.ids), [*rows.pages, count], expected=expected, actual=f"{total}")


@pytest.mark.scenario("later/messages-stand")
@pytest.mark.last
@pytest.mark.rule("SEND-APPENDS")
def test_messages_stand(api: Api, judge: Judge, world: Inventory, rng: random.Random) -> None:
    """«Sends a plain-text message into an existing LinkedIn conversation»: what was sent stays in the history, once."""
    if writes(api):
        path = {"conversation_id": world.given("conversation")}
        api.ok("send_message", path=path, json=valid_body("send_message", unique_word(rng)))
    sent = some(api.kept.messages.values(), "message that was sent at once")
    pass_time(api)
    for ident, texts in by_conversation(sent).items():
        rows = read_whole_list(api, "get_conversation", path={"conversation_id": ident})
        found = Counter(plain(row.get("content")) for row in rows.items)
        wrong = [text for text in texts if found[plain(text)] != 1]
        proof = [texts[(wrong or list(texts))[0]], *rows.pages]
        expected, actual = "each message there once, later on", f"{len(wrong)} of {len(texts)} are not"
        options: dict[str, Any] = {"operation": "send_message", "where": "/data/messages"}
        judge("SEND-APPENDS", not wrong, proof, expected=expected, actual=actual, **options)


@pytest.mark.scenario("later/what-failed-stays-unsent")
@pytest.mark.last
@pytest.mark.rule("SEND-FAILED-NOT-SENT")
def test_what_failed_stays_unsent(api: Api, judge: Judge, world: Inventory, rng: random.Random) -> None:
    """«502 when the send fails, and 503 when message sending is temporarily unavailable»: it is not sent later on."""
    if writes(api):
        for name in ("conversation_send_fails", "conversation_send_unavailable"):
            path = {"conversation_id": world.given(name)}
            api.call("send_message", path=path, json=valid_body("send_message", unique_word(rng)))
    unsent = some(api.kept.unsent.values(), "message that was answered 502 or 503")
    pass_time(api)
    for ident, texts in by_conversation(unsent).items():
        rows = read_whole_list(api, "get_conversation", path={"conversation_id": ident})
        found = {plain(row.get("content")) for row in rows.items}
        wrong = [text for text in texts if plain(text) in found]
        proof = [texts[(wrong or list(texts))[0]], *rows.pages]
        expected, actual = "not in the history later on", f"{len(wrong)} of {len(texts)} are"
        options: dict[str, Any] = {"operation": "send_message", "where": "/data/messages"}
        judge("SEND-FAILED-NOT-SENT", not wrong, proof, expected=expected, actual=actual, **options)


def by_conversation(messages: Iterable[Written]) -> dict[str, dict[str, Exchange]]:
    """Texts and the answers to them, by conversation; of the conversations written to, the first ones."""
    found: dict[str, dict[str, Exchange]] = {}
    for message in messages:
        found.setdefault(message.about[0], {})[message.about[1]] = message.answer
    return dict(list(found.items())[:MOST])


def plain(text: object) -> str:
    """The letters of a text that no form of Unicode, line end or blank changes: enough to know a text of ours by."""
    return "".join(letter for letter in str(text) if letter.isascii() and letter.isalnum())


@pytest.mark.scenario("later/overrides-stand")
@pytest.mark.last
@pytest.mark.rule("OVR-UPSERT-ID")
def test_overrides_stand(api: Api, judge: Judge, world: Inventory, rng: random.Random) -> None:
    """«each is upserted by (`node_type`, `message_stage`)»: a slot saved again later on is the one that was saved."""
    if writes(api):
        save_first(api, world, rng)
    again: set[tuple[str, ...]] = world.venues.setdefault("slots saved again", set())
    slots = some((slot for slot in api.kept.slots.values() if slot.about[:3] not in again), "override")
    pass_time(api)
    campaign, lead, stage, ident = slots[0].about
    if not writes(api):
        again.add(slots[0].about[:3])  # a second look is at another: this one is new from now on
    message = {"node_type": "send_message", "message_stage": stage, "message": unique_word(rng)}
    path = {"campaign_id": campaign, "lead_id": lead}
    answer = api.ok("save_message_overrides", path=path, json={"messages": [message]})
    now = [str(row.get("id")) for row in answer.json()["data"] if row.get("message_stage") == stage]
    proof, expected = [slots[0].answer, answer], "the id that the slot had before"
    judge("OVR-UPSERT-ID", now == [ident], proof, expected=expected, actual="another", where="/data/*/id")


def save_first(api: Api, world: Inventory, rng: random.Random) -> None:
    """Save an override for a lead of our own. Raises PreconditionNotMet where it isn't taken."""
    campaign = world.given("campaign_startable")
    source = next((row["leadList"] for row in world.campaigns if row["id"] == campaign), None)
    if not source:
        raise PreconditionNotMet("no campaign with a source list by the name campaign_startable")
    path = {"campaign_id": campaign, "lead_id": import_into(api, source["id"], new_lead(rng))}
    api.ok("save_message_overrides", path=path, json=valid_body("save_message_overrides", unique_word(rng)))


@pytest.mark.scenario("later/enrichment-stands")
@pytest.mark.last
@pytest.mark.rule("ENRICH-STORED", "ENRICH-BALANCE")
def test_enrichment_stands(api: Api, judge: Judge, world: Inventory) -> None:
    """«Enriches a lead's profile and company details»: a lead that was enriched shows it later on, and is paid for."""
    if writes(api):
        api.ok("enrich_lead", path={"lead_id": world.given("lead_enrichable")})
    leads = some(api.kept.enriched.values(), "lead that was enriched")
    pass_time(api)
    for made in leads[:MOST]:
        read = api.call("get_lead", path={"lead_id": made.about[0]})
        had, has = data_of(made.answer), data_of(read)
        if not read.ok or not any(had.get(name) for name in TRACES):
            judge.unknown("ENRICH-STORED", f"the lead was answered {read.status}, or never told", "enrich_lead")
            continue
        kept = any(has.get(name) for name in TRACES)
        options: dict[str, Any] = {"operation": "enrich_lead", "where": "/data"}
        proof, expected = [made.answer, read], "an enriched lead later on"
        judge("ENRICH-STORED", kept, proof, expected=expected, actual="none", **options)
    if api.target.undisturbed and writes(api):
        still_paid(api, judge, leads[0])


def still_paid(api: Api, judge: Judge, made: Written) -> None:
    """Judge that the balance is what it was after the enrichment, told by one more that costs nothing."""
    again = api.ok("enrich_lead", path={"lead_id": made.about[0]})
    before, after = (answer.json()["enrichment"] for answer in (made.answer, again))
    if after["charged"]:
        judge.unknown("ENRICH-BALANCE", "it was charged again", "enrich_lead")
        return
    ok, actual = after["credits_remaining"] == before["credits_remaining"], "another balance"
    judge("ENRICH-BALANCE", ok, [made.answer, again], expected="the balance as it was", actual=actual)


@pytest.mark.scenario("later/states-stand")
@pytest.mark.last
@pytest.mark.rule("CAMP-PAUSE", "CAMP-RESUME")
def test_states_stand(api: Api, judge: Judge, world: Inventory) -> None:
    """«Starts, pauses, or resumes one campaign»: a campaign stays as an action left it, where nobody else acts."""
    if not api.target.undisturbed:
        raise PreconditionNotMet("no campaign that nobody else can have acted on")
    for status, name in (("started", "pause"), ("paused", "resume")):
        run_action(api, world.campaign(status)["id"], name)
    states = some(api.kept.states.values(), "campaign that was acted on")
    pass_time(api)
    page = read_whole_list(api, "list_campaigns")
    rows = {row["id"]: row["status"] for row in page.items}
    for made in states:
        rule = {"paused": "CAMP-PAUSE", "started": "CAMP-RESUME"}[made.about[1]]
        now = rows.get(made.about[0])
        ok = now == made.about[1] or (rule == "CAMP-RESUME" and now == "completed")
        proof, expected = [made.answer, page.last], f"{made.about[1]} later on"
        judge(rule, ok, proof, expected=expected, actual=f"{now}", operation="run_campaign_action")


@pytest.mark.scenario("later/each-kind-cost-one")
@pytest.mark.last
@pytest.mark.rule("RL-REMAINING-COUNTS")
def test_each_kind_costs_one(api: Api, judge: Judge) -> None:
    """`X-RateLimit-Remaining`: no kind of request takes two at a time, by all that a run has sent. Sends nothing.

    Where nobody else uses the keys, each answer tells that by itself.
    """
    for found in double_charges(api.answered.charges.kept):
        told = {
            "expected": "Remaining falls by one",
            "actual": f"by {found.cost}, {found.count} times of {found.count}",
        }
        judge("RL-REMAINING-COUNTS", False, found.proof, where="X-RateLimit-Remaining", **told)
