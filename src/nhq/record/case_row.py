"""What shows a finding again, alone: one scenario, and which part of it."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from nhq.record.scalars import Count

#: The scenario's id of what reads, before the first test, what a target holds.
DISCOVERY = "(discovery)"
CaseKind = Literal["discovery", "request", "sequence", "variant", "scenario"]


class GeneratedRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A generated request; `{name}` stands in its path and its query for an id that the target is asked for."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    media_type: str = ""
    kind: str = "ordinary"
    negative: bool = False


class CaseRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The part of a run that showed a finding: enough to play it again without the rest."""

    scenario: Annotated[str, Meta(description="The scenario's id for good, with its parameters.")]
    seed: int
    depth: Annotated[str, Meta(description="How much the scenario was to send: live, gate or nightly.")] = ""
    variant: Annotated[Count | None, Meta(description="The place of the variant that was under way.")] = None
    request: Annotated[GeneratedRow | None, Meta(description="The generated request that was under way.")] = None
    keyless: Annotated[bool, Meta(description="The generated request was sent without a key.")] = False
    sequence: Annotated[
        str, Meta(description="The choices of a state machine's shortest sequence: Hypothesis' version, and its code.")
    ] = ""

    requests: Annotated[Count, Meta(description="How many it had sent when it was shown, at the most.")] = 0

    @property
    def kind(self) -> CaseKind:
        """What of the scenario is played: one request, one sequence, one variant, or all of it."""
        if self.scenario == DISCOVERY:
            return "discovery"
        if self.request is not None:
            return "request"
        if self.sequence:
            return "sequence"
        return "variant" if self.variant is not None else "scenario"
