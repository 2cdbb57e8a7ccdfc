"""What a run leaves behind is listed by kind and id, never by name."""

from nhq.run.side_effects import describe_write


def test_a_made_list_is_named_by_its_id(exchange):
    """Whoever cleans up finds it."""
    made = exchange(
        operation="create_lead_lists", method="POST", path="/lead_lists", status=201,
        request_body=b"{}", body=b'{"data":[{"id":"l1","name":"Canary"}]}',
    )  # fmt: skip
    assert list(describe_write(made)) == ["lead list l1 made"]


def test_an_imported_lead_is_named_with_its_list(exchange):
    """A single import and a batch tell the same; a lead that was there already is nothing new."""
    single = b'{"data":{"id":"p1"},"result":"created"}'
    there = b'{"index":1,"result":"already_in_list","lead":{"id":"p2"}}'
    batch = b'{"data":[{"index":0,"result":"created","lead":{"id":"p1"}},%s]}' % there
    for body in (single, batch):
        sent = exchange(operation="import_leads", method="POST", path="/lead_lists/l1/leads", status=201, body=body)
        assert list(describe_write(sent)) == ["lead p1 created in lead list l1"]


def test_a_credit_is_told_only_where_one_was_charged(exchange):
    """An enrichment without a charge left nothing behind."""
    for charged, lines in ((True, ["one credit spent on lead p1"]), (False, [])):
        body = b'{"enrichment":{"charged":%s}}' % str(charged).lower().encode()
        assert (
            list(describe_write(exchange(operation="enrich_lead", method="POST", path="/leads/p1/enrich", body=body)))
            == lines
        )


def test_reads_and_refusals_leave_nothing(exchange):
    """Nothing is listed for what changed nothing."""
    assert list(describe_write(exchange())) == []
    assert (
        list(describe_write(exchange(operation="create_lead_lists", method="POST", path="/lead_lists", status=400)))
        == []
    )
