"""Requests made by Schemathesis: the same for the same seed, for every operation, with ids that exist."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping

import pytest
from hypothesis import strategies as st
from known_contract import CONTRACT

from nhq.checks.request_validity import Validity, may_be_doubted, read_request_body
from nhq.contract import Contract, Operation
from nhq.generate.generated_cases import GeneratedKind, Generator, draw_values, realistic_value

IDS = {"campaign_id": "camp_1", "lead_id": "lead_1", "lead_list_id": "list_1", "conversation_id": "conv_1"}
FILTERS = {"list_ids": "list_1", "linkedin_account_id": "acc_1", "query": "a"}
OPERATIONS = list(CONTRACT.operations.values())
PRINT_DIGEST = """
import hashlib
from nhq.contract import load_contract
from nhq.generate.generated_cases import Generator
contract = load_contract()
generator = Generator(contract)
rows = [contract.operations[name] for name in ("import_leads", "list_leads")]
path = {"lead_list_id": "x"}
made = [(generator.gate(row, path, {}), generator.fuzz(row, path, 3, 5)) for row in rows]
print(hashlib.sha256(repr(made).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def generator(contract: Contract) -> Generator:
    return Generator(contract)


def ids(row: Operation) -> Mapping[str, str]:
    return {name: IDS[name] for name in row.path_parameters}


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.id)
def test_every_operation_has_requests_that_reach_it(generator: Generator, contract: Contract, row: Operation) -> None:
    """Each operation is called by its own method, at its own path, with the ids given."""
    own = [s for s in generator.gate(row, ids(row), FILTERS) if s.kind is GeneratedKind.ORDINARY]
    assert own
    assert all(contract.match(s.method, s.path) == (row, ids(row)) for s in own)


@pytest.mark.parametrize("row", [row for row in OPERATIONS if row.has_body], ids=lambda row: row.id)
def test_bodies_come_in_both_standings(generator: Generator, contract: Contract, row: Operation) -> None:
    """There are bodies that our own reading of the contract finds valid, and ones that it finds broken."""
    own = [s for s in generator.gate(row, ids(row), FILTERS) if s.kind is GeneratedKind.ORDINARY]
    assert {Validity.VALID, Validity.BROKEN} <= {
        read_request_body(contract, row.id, s.body or b"").standing for s in own
    }


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.id)
def test_no_request_goes_out_twice(generator: Generator, row: Operation) -> None:
    """What differs in nothing that is sent is sent once."""
    sent = [(s.method, s.path, s.query, s.body, s.media_type) for s in generator.gate(row, ids(row), FILTERS)]
    assert len(sent) == len(set(sent))


def test_the_gate_stays_within_its_allowance(generator: Generator) -> None:
    """At most 800 requests for the examples and coverage phases of all operations."""
    assert sum(len(generator.gate(row, ids(row), FILTERS)) for row in OPERATIONS) <= 800


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.id)
def test_negative_requests_go_first(generator: Generator, row: Operation) -> None:
    """An accepted request may change the state that a refused one needs."""
    modes = [s.negative for s in generator.gate(row, ids(row), FILTERS)]
    assert modes == sorted(modes, reverse=True)


def test_filters_select_something(generator: Generator, contract: Contract) -> None:
    """Empty filters are filled, and an empty cursor spoils no other request."""
    made = [s.query for s in generator.gate(contract.operations["list_leads"], {}, FILTERS)]
    assert any(("list_ids", "list_1") in query for query in made)
    assert all(("cursor", "") not in query or len(query) == 1 for query in made)


def test_the_seed_decides_what_is_fuzzed(generator: Generator, contract: Contract) -> None:
    """The same seed makes the same requests, another one others."""
    row = contract.operations["send_message"]
    first, again, other = (generator.fuzz(row, ids(row), 20, seed) for seed in (1, 1, 2))
    assert first == again != other


def test_another_process_makes_the_same_requests() -> None:
    """Nothing depends on the order of a set or on what a process has done before."""
    digests = set()
    for salt in ("1", "2"):
        environ = {**os.environ, "PYTHONHASHSEED": salt}
        made = subprocess.run(
            [sys.executable, "-c", PRINT_DIGEST], env=environ, capture_output=True, text=True, check=True
        )
        digests.add(made.stdout)
    assert len(digests) == 1


def test_nothing_is_drawn_from_nothing() -> None:
    """A strategy without values gives none instead of an error."""
    assert draw_values(st.nothing(), 5, 1) == []


def test_likely_texts_are_not_doubtful() -> None:
    """URLs, addresses, numbers are made where the contract has a text; equal entries of a batch get different ones."""
    body = realistic_value({"leads": [{"linkedin_url": "", "email": "0", "phone": "x"}] * 3})
    assert not may_be_doubted(body)
    assert len({json.dumps(lead) for lead in body["leads"]}) == 3


def test_likely_leaves_the_rest_alone() -> None:
    """Wrong types stay wrong, good URLs stay as they are."""
    body = {
        "linkedin_url": 7,
        "email": None,
        "company_linkedin_url": "https://www.linkedin.com/company/x",
        "first_name": "",
    }
    assert realistic_value(body) == body
