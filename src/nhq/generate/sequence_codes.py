"""The choices that Hypothesis made for its shortest failing test, as a text, and a test that makes them again."""

import re
from collections.abc import Callable
from typing import Any

import hypothesis
from hypothesis import reproduce_failure

_CODE = re.compile(r"@reproduce_failure\('([^']+)', b'([A-Za-z0-9+/=]+)'\)")


def sequence_of(failure: BaseException) -> str:
    """The choices that Hypothesis notes on what a test raised: its version, a blank, their code; "" without any."""
    notes = (_CODE.search(note) for note in getattr(failure, "__notes__", ()))
    return next((f"{found[1]} {found[2]}" for found in notes if found is not None), "")


def sequence_again(test: Callable[..., Any], sequence: str) -> Callable[..., Any]:
    """A test that makes these choices alone; as it was where there are none, or another Hypothesis made them.

    It raises DidNotReproduce where they break nothing any more.
    """
    version, _, code = sequence.partition(" ")
    return reproduce_failure(version, code.encode())(test) if version == hypothesis.__version__ else test
