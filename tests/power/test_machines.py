"""What the state machines see by themselves, with every other test switched off, and whether a person can follow."""

import re

import pytest

from nhq.mutation.faults.catalogue import find_fault
from nhq.mutation.mutant_mock import MutantMock

LIFECYCLE = "test_workflows.py"
LISTS = "test_workflows_lists.py"
LINKS = "test_workflows_links.py"
SEEN = [
    (LIFECYCLE, "pauses-drafts"),
    (LIFECYCLE, "starts-started-campaigns"),
    (LIFECYCLE, "pauses-although-it-refuses"),
    (LIFECYCLE, "enrolls-a-lead-twice"),
    (LIFECYCLE, "lists-campaigns-as-first-read"),
    (LISTS, "shows-the-first-list-of-a-lead-only"),
    (LISTS, "suffixes-once-only"),
    (LISTS, "allows-equal-names"),
    (LISTS, "calls-new-leads-existing"),
    (LINKS, "lists-everybodys-campaigns"),
    (LINKS, "finds-nothing-for-list-campaign-leads"),
    *(
        pytest.param(*each, marks=pytest.mark.proof)
        for each in [(LISTS, "calls-existing-leads-new"), (LINKS, "finds-nothing-for-run-campaign-action")]
    ),
]
LONGEST = 5
STEP = re.compile(r"(?:after |; )\d+\. ")


@pytest.mark.parametrize(("machine", "ident"), SEEN, ids=lambda value: str(value))
def test_a_machine_finds_a_fault_and_tells_how(machine: str, ident: str, bench: MutantMock) -> None:
    """A finding names a rule that the fault breaks, with the few steps that lead to it, numbered and in words."""
    fault = find_fault(ident)
    told = [finding.actual for finding in bench.findings(fault, machine) if finding.rule in fault.rules]
    steps = [number for actual in told if (number := len(STEP.findall(actual)))]
    assert steps, told
    assert min(steps) <= LONGEST, told
