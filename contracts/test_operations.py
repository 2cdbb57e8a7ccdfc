"""Property tests: requests that Schemathesis makes of the contract, positive and negative, for every operation.

Universal checks judge every answer by themselves. Here it is judged whether what is valid was accepted, what breaks
the contract refused, and, once an operation, that nothing is answered without a key.

Not convicted: what ambiguities.toml leaves open for generated requests, and answers of things that stand behind the
server.
"""

import random

import pytest

from nhq.scenarios import (
    Api,
    Beside,
    Contract,
    Effort,
    Generated,
    Generator,
    Inventory,
    Judge,
    PropertyBench,
    RequestSource,
    load_corpus,
)


@pytest.fixture(scope="module")
def sources() -> dict[tuple[str, str], RequestSource]:
    """By document and effort, filled at first use: building a generator takes half a second."""
    return {}


def kept_source(sources: dict[tuple[str, str], RequestSource], contract: Contract, effort: Effort) -> RequestSource:
    """The source of this document and effort: a live run makes some tests with more effort than others."""
    key = (contract.digest, effort.name)
    if key not in sources:
        sources[key] = source_of(contract, effort)
    return sources[key]


def source_of(contract: Contract, effort: Effort) -> RequestSource:
    """Where nothing is put back and every request is dear, the corpus; else all that is generated."""
    if effort.fuzzed is None:
        stored, former = load_corpus(contract), contract.former
        return stored if former is None else Beside(stored, Generator(contract), former.operations)
    return Generated(Generator(contract), effort.fuzzed)


@pytest.fixture
def bench(
    api: Api,
    world: Inventory,
    contract: Contract,
    judge: Judge,
    sources: dict[tuple[str, str], RequestSource],
    effort: Effort,
    rng: random.Random,
    snapshot: str,
) -> PropertyBench:
    """Sends what is made for an operation, and judges."""
    source = kept_source(sources, contract, effort)
    return PropertyBench(api, world, contract, judge, source, rng.randrange(2**32), snapshot)


@pytest.mark.scenario("operations/bodies")
@pytest.mark.rule(
    "REQUEST-VALID",
    "REQUEST-NOT-JSON",
    "REQUEST-REQUIRED",
    "REQUEST-TYPE",
    "REQUEST-ENUM",
    "REQUEST-EMPTY-TEXT",
    "REQUEST-EMPTY-BATCH",
    "REQUEST-UNKNOWN-MEMBER-400",
    "SEND-LENGTH",
    "OVR-LENGTH",
    "OVR-COUNT",
    "IMPORT-OVER-MAX-400",
    "IMPORT-MALFORMED",
    "IMPORT-ALL-MALFORMED",
    "LIST-MALFORMED",
    "LIST-ALL-MALFORMED",
    "ERROR-BODY-UNDOCUMENTED",
    "AUTH-ABSENT",
)
@pytest.mark.trait("body")
@pytest.mark.derived
def test_bodies(operation: str, bench: PropertyBench) -> None:
    """A valid body is not refused as invalid, one that breaks the schema is answered 400."""
    bench.run(operation)


@pytest.mark.scenario("operations/queries")
@pytest.mark.rule(
    "REQUEST-VALID",
    "PAGE-LIMIT-ACCEPTED",
    "PAGE-LIMIT-400",
    "PAGE-LIMIT-SAFE",
    "ERROR-BODY-UNDOCUMENTED",
    "AUTH-ABSENT",
)
@pytest.mark.trait("paged")
@pytest.mark.derived
def test_queries(operation: str, bench: PropertyBench, effort: Effort) -> None:
    """Valid parameters are not refused, a limit out of bounds is refused or clamped as the contract lets it.

    In the live profile these requests fill the window in which sixty are admitted, and are judged there.
    """
    bench.run(operation, all_of_it=not effort.no_repeats)


@pytest.mark.scenario("operations/bare")
@pytest.mark.rule("ERROR-BODY-UNDOCUMENTED", "AUTH-ABSENT")
@pytest.mark.trait("bare")
@pytest.mark.derived
def test_bare(operation: str, bench: PropertyBench) -> None:
    """Operations that take an id alone answer as documented."""
    bench.run(operation)
