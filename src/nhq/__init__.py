"""Does a server keep the NetworkHQ Public API contract? Evidence, not opinion."""

__version__ = "0.1.0"
