"""Tag Campaigns: reading. Actions and overrides stand in `lifecycle` and `overrides`."""

from nhq.server.call import Call, Reply
from nhq.server.listing import paginate
from nhq.server.operations.reads import join_plain, list_plain


def list_campaigns(call: Call) -> Reply:
    """Campaigns, newest first."""
    return list_plain(call, "campaigns", call.store.campaigns, call.policies.show_campaign)


def list_campaign_leads(call: Call) -> Reply:
    """Leads enrolled in a campaign, newest enrollment first."""
    page = paginate(call, call.args, call.store.listed("enrolled", call.ids[0]))
    items = join_plain(call, page, call.store.campaign_leads, call.policies.show_campaign_lead)
    return Reply(200, items)
