"""What went wrong on OUR side. A server never has errors; it has findings (`nhq.model.Finding`).

Arranged by the stage that fails. Each message is one line a person can act on; the command line
prints it and exits with 2 (could not judge).
"""


class NhqError(Exception):
    """Root of everything the suite itself can fail with; never raised for what a server did."""


class ConfigError(NhqError):
    """A file, option or environment variable that we were given cannot be used."""


class ContractError(ConfigError):
    """The contract, an overlay, a rule or an operation row does not fit the others."""


class TargetError(NhqError):
    """The target gave no answer that could be judged: refused, timed out, cut off, not HTTP."""


class Away(TargetError):
    """No answer of the server's own came, and the same request may well be answered a moment later."""


class RunOver(NhqError):
    """Nothing more is sent in this run: its time is up, or the target refuses everything. The message says which."""


class NotPermitted(NhqError):
    """The guard refused: this effect is not allowed on this target. Names what to write to permit it."""


class Unmet(NhqError):
    """The target has nothing this scenario needs (no campaign in that state, say); the message names it."""


class HistoryError(NhqError):
    """A recorded history cannot be judged: truncated, foreign, inconsistent, empty."""
