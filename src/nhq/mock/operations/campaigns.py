"""Tag Campaigns: reading. Actions and overrides are in `lifecycle` and `overrides`."""

from msgspec.structs import replace

from nhq.mock.call import MockCall, MockReply
from nhq.mock.listing import paginate_rows, workspace_rows
from nhq.mock.operations.reads import join_plain
from nhq.mock.wire_records import Campaign


def list_campaigns(call: MockCall) -> MockReply:
    """Campaigns, newest first."""
    page = paginate_rows(call, call.args, workspace_rows(call, "campaigns"))
    views, operation, show = call.engine.views, call.operation.id, call.policies.show_campaign
    return MockReply(
        200, views.page(operation, page, lambda ident: views.plain(operation, _counted(call, ident), show))
    )


def _counted(call: MockCall, ident: str) -> Campaign:
    """A campaign with its total; that of a draft may be the size of its source list."""
    store, campaign = call.store, call.store.campaigns[ident]
    if campaign.status != "draft":
        return campaign
    total = call.policies.draft_total(
        campaign.total_leads, len(store.listed("members", store.setups[ident].lead_list or ""))
    )
    return campaign if total == campaign.total_leads else replace(campaign, total_leads=total)


def list_campaign_leads(call: MockCall) -> MockReply:
    """Leads enrolled in a campaign, newest enrollment first."""
    page = paginate_rows(call, call.args, call.store.listed("enrolled", call.ids[0]))
    items = join_plain(call, page, call.store.campaign_leads, call.policies.show_campaign_lead)
    return MockReply(200, items)
