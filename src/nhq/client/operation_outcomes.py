"""How each operation has been answered so far: which never properly, and which requests got no answer.

A test that counts requests can't count those to an operation that is out of order: whether they take from a key's
allowance is seen by nothing. What is wrong with such an operation, the checks of every answer tell.
"""

from collections import Counter

from nhq.checks.rate_headers import rate_headers
from nhq.checks.request_charges import Charges
from nhq.client.window_counts import Admitted
from nhq.contract import Contract
from nhq.model import Exchange, Identity

#: Requests without an answer after which an operation that was never answered isn't asked in passing any more.
SILENCES = 3
#: Statuses that come from any operation, documented or not: 400 and 422 to a limit out of bounds (bad-limit).
ANYWHERE = (400, 422, 429)


class Answered:
    """Listens to the exchanges of one run."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._sound: set[str] = set()
        self._odd: dict[str, str] = {}
        self._silent: dict[str, str] = {}
        self._silences: Counter[str] = Counter()
        self._lost: list[tuple[int, Identity]] = []
        self.admitted = Admitted()
        self.charges = Charges()

    def hear(self, exchange: Exchange) -> None:
        """One more exchange."""
        self.charges.hear(exchange)
        if exchange.status is None and exchange.identity is not None:
            self._lost.append((exchange.id, exchange.identity))
        if exchange.operation is None or not self._speaks(exchange):
            return
        if exchange.status is None:
            self._silences[exchange.operation] += 1
            self._silent[exchange.operation] = f"{exchange.operation} got no answer: {exchange.trouble}"
        elif flaw := self.flaw_of(exchange):
            self._odd[exchange.operation] = flaw
        else:
            self._sound.add(exchange.operation)
            self.admitted.hear(exchange)

    def flaw_of(self, answer: Exchange) -> str:
        """Why an answer to a valid key doesn't show whether its request was counted; "" where it does."""
        row = self._contract.operations.get(answer.operation or "")
        if row is None or answer.status is None:
            return ""
        if answer.status == 401:
            return f"{row.id} answered 401 to a valid key"
        if row.statuses and answer.status not in (*row.statuses, *ANYWHERE):
            return f"{row.id} answered {answer.status}, which it doesn't document"
        if not rate_headers(answer).whole:
            return f"{row.id} answered {answer.status} without the three X-RateLimit headers as whole numbers"
        return ""

    def flaw(self, operation: str) -> str:
        """What is wrong with each answer of an operation so far; "" where one was sound, or none came yet."""
        if operation in self._sound:
            return ""
        return self._odd.get(operation, "") or self.silence(operation)

    def silence(self, operation: str) -> str:
        """Why an operation that was asked several times was never answered; "" for any other."""
        if operation in self._sound or operation in self._odd or self._silences[operation] < SILENCES:
            return ""
        return self._silent[operation]

    def lost(self, key: Identity, first: Exchange, last: Exchange) -> int:
        """How many requests of a key between two of its answers got none: the target may have counted them."""
        return sum(whose == key and first.id < number < last.id for number, whose in self._lost)

    def _speaks(self, exchange: Exchange) -> bool:
        """Was this sent with a key that the operation is open to?"""
        key, row = exchange.identity, self._contract.operations.get(exchange.operation or "")
        return key is not None and row is not None and not key.revoked and (not row.scope or row.scope in key.scopes)
