"""Faults of scopes: a key that opens what it shouldn't, or doesn't open what it should."""

from nhq.mutation.faults.fault import faults_of_family
from nhq.mutation.faults.wire import status_for

plant = faults_of_family("scopes")

LATE = ("key", "limit", "prefer", "body", "exists", "act", "scope")
ACTING = ("run_campaign_action", "create_lead_lists", "import_leads", "enrich_lead", "send_message")
STAGES = ("key", "limit", "scope", "prefer", "body", "exists", "act")

FAULTS = (
    plant(
        "write-scope-opens-reads",
        "The write scope of a resource opens its reads too.",
        "SCOPE-WRITE-NOT-READ",
        scope_allows=lambda operation, scopes, required: (
            required in scopes or required.replace(":read", ":write") in scopes
        ),
    ),
    plant(
        "write-scope-opens-one-read",
        "leads:write opens GET /leads/{lead_id}.",
        "SCOPE-WRITE-NOT-READ",
        subtle="one operation",
        on=("get_lead",),
        scope_allows=lambda operation, scopes, required: (
            required in scopes or (operation == "get_lead" and "leads:write" in scopes)
        ),
    ),
    plant(
        "read-scope-opens-writes",
        "The read scope of a resource opens its writes too.",
        "SCOPE-READ-NOT-WRITE",
        scope_allows=lambda operation, scopes, required: (
            required in scopes or required.replace(":write", ":read") in scopes
        ),
    ),
    plant(
        "read-scope-enriches",
        "leads:read is enough to spend credits.",
        "SCOPE-READ-NOT-WRITE",
        subtle="one operation",
        on=("enrich_lead",),
        required_scope=lambda operation, scope: "leads:read" if operation == "enrich_lead" else scope,
    ),
    plant(
        "any-scope-opens-everything",
        "A key with any scope may do everything.",
        "SCOPE-MISSING",
        scope_allows=lambda operation, scopes, required: bool(scopes),
    ),
    plant(
        "no-scopes-means-all-scopes",
        "A key without any scope may do everything.",
        "SCOPE-MISSING",
        scope_allows=lambda operation, scopes, required: not scopes or required in scopes,
    ),
    plant(
        "lists-of-leads-need-no-scope",
        "GET /lead_lists asks for no scope.",
        "SCOPE-MISSING",
        subtle="one operation",
        on=("list_lead_lists",),
        required_scope=lambda operation, scope: "" if operation == "list_lead_lists" else scope,
    ),
    plant(
        "members-need-the-scope-of-lists",
        "Members of a list are opened by lead_lists:read instead of leads:read.",
        "SCOPE-MISSING",
        "SCOPE-SUFFICIENT",
        subtle="one operation",
        on=("list_members",),
        required_scope=lambda operation, scope: "lead_lists:read" if operation == "list_members" else scope,
    ),
    plant(
        "importing-needs-the-scope-of-lists",
        "Importing leads is opened by lead_lists:write instead of leads:write.",
        "SCOPE-MISSING",
        "SCOPE-SUFFICIENT",
        subtle="one operation",
        on=("import_leads",),
        required_scope=lambda operation, scope: "lead_lists:write" if operation == "import_leads" else scope,
    ),
    plant(
        "campaign-readers-see-accounts",
        "campaigns:read opens the sender accounts.",
        "SCOPE-MISSING",
        subtle="one operation",
        on=("list_linkedin_accounts",),
        scope_allows=lambda operation, scopes, required: (
            required in scopes or (operation == "list_linkedin_accounts" and "campaigns:read" in scopes)
        ),
    ),
    plant(
        "compares-the-beginning-of-scopes",
        "Scopes are compared by their first four letters and their verb: lead_lists opens leads.",
        "SCOPE-MISSING",
        subtle="near miss",
        scope_allows=lambda operation, scopes, required: any(
            scope[:4] == required[:4] and scope.split(":")[1] == required.split(":")[1] for scope in scopes
        ),
    ),
    plant(
        "sending-needs-reading-too",
        "Sending a message needs conversations:read as well as conversations:write.",
        "SCOPE-SUFFICIENT",
        subtle="one operation",
        on=("send_message",),
        scope_allows=lambda operation, scopes, required: (
            required in scopes and (operation != "send_message" or "conversations:read" in scopes)
        ),
    ),
    plant(
        "answers-404-without-the-scope",
        "What a key may not do, it is told not to exist.",
        "SCOPE-MISSING",
        error_status=status_for({403: 404}),
    ),
    plant(
        "looks-for-the-id-before-the-scope",
        "Without the scope an id that doesn't exist is answered 404.",
        "SCOPE-FIRST",
        stages=lambda operation: ("key", "limit", "exists", "scope", "prefer", "body", "act"),
    ),
    plant(
        "judges-the-body-before-the-scope",
        "Without the scope a bad body is answered 400.",
        "SCOPE-FIRST",
        stages=lambda operation: ("key", "limit", "body", "scope", "prefer", "exists", "act"),
    ),
    plant(
        "acts-before-it-checks-the-scope",
        "The scope is judged after the work is done: the answer is 403, and the request done.",
        "SCOPE-NO-EFFECT",
        subtle="one state",
        stages=lambda operation: LATE if operation in ACTING else STAGES,
    ),
    plant(
        "looks-at-one-scope-of-a-key",
        "Of a key's scopes only the first counts: one that holds several is refused.",
        "SCOPE-SUFFICIENT",
        subtle="one state",
        scope_allows=lambda operation, scopes, required: required == min(scopes, default=""),
    ),
    plant(
        "wants-the-read-scope-for-writes",
        "A write needs the read scope of its resource as well.",
        "SCOPE-SUFFICIENT",
        subtle="one state",
        scope_allows=lambda operation, scopes, required: {required, required.replace(":write", ":read")} <= scopes,
    ),
    plant(
        "knows-scopes-by-their-resource",
        "Any scope of a resource opens all that is done with it.",
        "SCOPE-WRITE-NOT-READ",
        "SCOPE-READ-NOT-WRITE",
        scope_allows=lambda operation, scopes, required: (
            required.partition(":")[0] in {scope.partition(":")[0] for scope in scopes}
        ),
    ),
    plant(
        "lets-writers-write-everything",
        "A write scope of any resource opens all writes.",
        "SCOPE-MISSING",
        subtle="one state",
        scope_allows=lambda operation, scopes, required: (
            required in scopes or (required.endswith(":write") and any(scope.endswith(":write") for scope in scopes))
        ),
    ),
    plant(
        "answers-403-for-foreign-things",
        "An id that isn't there is answered 403.",
        "SCOPE-SUFFICIENT",
        subtle="one state",
        near=["WS-UNKNOWN-404"],
        error_status=status_for({404: 403}),
    ),
    plant(
        "refuses-writes-of-wide-keys",
        "A key that may read something else as well may not write.",
        "SCOPE-SUFFICIENT",
        subtle="one state",
        scope_allows=lambda operation, scopes, required: (
            required in scopes and (required.endswith(":read") or len(scopes) == 1)
        ),
    ),
)
