"""Tag Campaigns: reading. Actions and overrides stand in `lifecycle` and `overrides`."""

from nhq.server.call import Call, Reply
from nhq.server.listing import paginate
from nhq.server.operations.reads import list_plain


def list_campaigns(call: Call) -> Reply:
    """Campaigns, newest first."""
    return list_plain(call, "campaigns", call.store.campaigns, call.policies.show_campaign)


def list_campaign_leads(call: Call) -> Reply:
    """Leads enrolled in a campaign, newest enrollment first."""
    page = paginate(call, call.args, call.store.listed("enrolled", call.ids[0]))
    plain, show = call.engine.views.plain, call.policies.show_campaign_lead
    records, operation = call.store.campaign_leads, call.operation.id
    return Reply(200, page.around([plain(operation, records[row[2]], show) for row in page.rows]))
