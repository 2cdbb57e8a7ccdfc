"""What is told of recordings changed by chance is, to the word and the witness, what somebody has approved.

Of each the four verdicts can be read; all else that is told (causes, findings, witnesses, notes) is in a digest.
"""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nhq.errors import HistoryError
from nhq.ratelimit import check_history
from nhq.ratelimit.checker.anomalies import Verdicts
from nhq.ratelimit.checker.partition import RateLimitPromise, whole_block
from nhq.ratelimit.history.history import History
from nhq.ratelimit.history.read_history import read_history
from nhq.ratelimit.history.write_history import write_history
from nhq.ratelimit.identify.algorithm import identify_algorithm
from nhq.ratelimit.identify.anchor import anchor_of
from nhq.ratelimit.parts.part_judging import combine_parts, identify_parts, judge_parts, outline_of
from nhq.ratelimit.parts.part_summary import JudgingRequest

Approved = Callable[[str, dict[str, str]], None]
Digest = Callable[[object], str]
Altered = list[tuple[str, History, int, float]]
#: Events at most: of what is fitted to algorithms, and judged in parts.
FITTED, SMALL = 150, 120


def asked(name: str, limit: int, window: float) -> tuple[int, float, dict[str, Any]]:
    """By somebody who knows much or little, and sometimes asks for another promise than the server's."""
    rng = random.Random(f"{name} reader")
    told: dict[str, Any] = {
        "skew": rng.choice((None, None, 0.0, 0.5, 2.0, 100.0)),
        "fresh": rng.choice((None, None, True, False)),
        "alone": rng.choice((None, None, True, False)),
        "size": rng.choice((20, 100_000)),
    }
    limit = max(1, limit + rng.choice((0, 0, 0, 0, 1, -1, limit)))
    return limit, window * rng.choice((1, 1, 1, 1, 0.75, 1.5)), told


def or_refusal(read: Callable[[], Any]) -> Any:
    """What is read, or the words that refuse it."""
    try:
        return read()
    except HistoryError as refused:
        return str(refused)


def summary(said: Verdicts, digest_of: Digest) -> str:
    """Verdicts with the numbers of findings and doubts, and a digest of all that is told."""
    words = " ".join(f"{one.verdict.value} {len(one.findings)}+{len(one.doubts)}" for one in said.judgements)
    clock = [f"{bound:.3f}" for bound in said.skew or ()]
    return f"{words} {digest_of((replace(said, skew=None), clock))}"


def test_what_is_told_of_altered_recordings_is_approved(
    altered: Altered, approved: Approved, digest_of: Digest
) -> None:
    """Whatever was changed, and to readers who know much or little."""
    said = {}
    for name, history, own, length in altered:
        limit, window, told = asked(name, own, length)
        said[name] = summary(check_history(history, limit, window, **told), digest_of)
    approved("altered", said)


def test_what_altered_recordings_are_taken_for_is_approved(
    altered: Altered, approved: Approved, digest_of: Digest
) -> None:
    """The algorithm that fits best, and a digest of how well each fits."""
    said = {}
    for name, history, limit, window in altered[::3]:
        if len(history) <= FITTED:
            found = identify_algorithm(history, limit, window)
            fits = [(fit.algorithm.value, f"{fit.error:.6f}") for fit in found.fits]
            said[name] = f"{found.best} {found.smaller} {digest_of(fits)}"
    approved("altered-algorithms", said)


def test_where_windows_of_altered_recordings_begin_is_approved(altered: Altered, approved: Approved) -> None:
    """Leads, strays and the clock, for somebody with fresh keys, with used ones, and beside others."""
    said = {}
    for name, history, limit, window in altered:
        told = []
        for fresh, alone in ((True, True), (False, True), (False, False)):
            promise = RateLimitPromise(limit, window, fresh=fresh, alone=alone)
            anchor = anchor_of(whole_block(history, promise), promise)
            told.append(f"{anchor.least:.3f} {anchor.most:.3f} {anchor.strays:d}{anchor.aligned:d}")
        said[name] = "; ".join(told)
    approved("altered-anchors", said)


def test_altered_recordings_are_judged_alike_in_parts_and_from_files(altered: Altered, tmp_path: Path) -> None:
    """Written, read and judged in three parts, the verdicts and the algorithm are those of the whole."""
    for name, history, own, length in [one for one in altered if len(one[1]) <= SMALL][::5]:
        limit, window, told = asked(name, own, length)
        file = tmp_path / f"{name}.arrow"
        write_history(history, file)
        request = JudgingRequest((str(file),), None, "", 0.1, False, limit, window, **told, identify=True)
        read = or_refusal(lambda file=file: read_history(file))
        if isinstance(read, str):
            assert or_refusal(lambda file=file: outline_of([file], tmp_path)) == read, name
            continue
        for column in ("status", "limit", "remaining", "reset"):
            np.testing.assert_array_equal(getattr(read, column), getattr(history, column), f"{name} {column}")
        np.testing.assert_allclose(read.sent, history.sent - history.sent.min(), atol=1e-6, err_msg=name)
        np.testing.assert_allclose(read.received, history.received - history.sent.min(), atol=1e-6, err_msg=name)
        begin = float(np.nan_to_num(history.origin) + history.sent.min())
        assert read.origin == pytest.approx(begin, abs=1e-6), name
        outline = outline_of([file], tmp_path)
        parts = judge_parts(outline, request, 3, 1)
        assert combine_parts(parts, outline) == check_history(read, limit, window, **told), name
        fitted = {word: told[word] for word in ("fresh", "alone")}
        assert identify_parts(parts, outline) == identify_algorithm(read, limit, window, **fitted), name
