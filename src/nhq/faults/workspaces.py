"""Faults of isolation: one workspace sees or changes what is another's."""

from nhq.faults.fault import family

plant = family("workspaces")

FAULTS = (
    plant(
        "reads-foreign-leads",
        "GET /leads/{lead_id} finds leads of every workspace.",
        "WS-FOREIGN-404",
        subtle="one operation",
        on=("get_lead",),
        visible=lambda operation, workspace, owner: owner == workspace or operation == "get_lead",
    ),
)
