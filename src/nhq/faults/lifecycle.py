"""Faults of the campaign lifecycle."""

from nhq.faults.fault import family

plant = family("lifecycle")

FAULTS = (
    plant(
        "pauses-drafts",
        "pause turns a draft into a paused campaign.",
        "CAMP-PAUSE-ONLY-STARTED",
        subtle="one state",
        on=("run_campaign_action",),
        can_pause=lambda status: status in ("started", "draft"),
    ),
)
