"""Judge exchanges, whoever sent them: each by itself, and those of a test together."""

from dataclasses import replace
from functools import partial

from nhq.checks import header_sequence
from nhq.checks.exchange import check_exchange, run_guarded
from nhq.checks.header_sequence import check_sequence
from nhq.checks.listed_is_found import listed_is_found
from nhq.checks.unjustified_refusals import unjustified_refusals
from nhq.client.session import Session
from nhq.contract import Contract
from nhq.model import Exchange
from nhq.run.collector import Collector

#: The checks of a test's exchanges together, besides those of their headers.
_CHECKS = (listed_is_found, unjustified_refusals)
TOGETHER = frozenset(header_sequence.RULES).union(*(vars(check)["rules"] for check in _CHECKS))


def judge_exchange(exchange: Exchange, session: Session, collector: Collector) -> None:
    """Collect an exchange of the present test, and its observations."""
    contract = session.contract
    collector.exchange(exchange)
    scope = contract.operations[exchange.operation].scope if exchange.operation is not None else ""
    if scope and exchange.identity in session.target.holders(scope):
        collector.present.by_scope[scope] += 1
    collector.observe(check_exchange(exchange, contract))


def judge_together(session: Session, collector: Collector) -> None:
    """Judge the exchanges of the present test so far together."""
    target, contract = session.target, session.contract
    log, before = collector.log(), collector.lasting()
    last = log[-1] if log else None
    keyed = [mark_uncounted(exchange, contract) for exchange in log]
    counted = partial(check_sequence, keyed, target.limit, target.window, target.exclusive_keys)
    collector.observe(run_guarded(counted, last, header_sequence.RULES))
    for check in _CHECKS:
        told = partial(check, log, before, contract, target.undisturbed)
        collector.observe(run_guarded(told, last, vars(check)["rules"]))


def mark_uncounted(exchange: Exchange, contract: Contract) -> Exchange:
    """An exchange for the limiter's checks: whether a request that needs no key counts for one is open."""
    row = contract.operations.get(exchange.operation or "")
    return replace(exchange, operation=None) if row is not None and row.keyless else exchange
