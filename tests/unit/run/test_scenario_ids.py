"""Chance goes by a scenario's id, and by nothing that can be renamed."""

# One scenario with two variants, whose findings tell what chance drew.
SCENARIO = (
    "@pytest.mark.scenario('leads/drawn')\n@pytest.mark.rule('PAGE-CURSOR')\n"
    "@pytest.mark.parametrize('word', ['one', 'two'])\n"
    "def {name}(judge, proof, rng, word):\n"
    "    judge('PAGE-CURSOR', False, proof, expected=f'{{word}} {{rng.random()}}')\n"
)


def drawn(record) -> list[str]:
    """What chance gave each variant."""
    return [finding["expected"] for finding in record["findings"]]


def test_renaming_a_function_changes_no_chance(run_suite) -> None:
    """A scenario draws the same under another name."""
    first, second = (run_suite(SCENARIO.format(name=name)) for name in ("test_a", "test_renamed"))
    assert drawn(first) == drawn(second) != []
    assert {t["scenario"] for t in second["tests"]} == {"leads/drawn[one]", "leads/drawn[two]"}


def test_variants_draw_by_themselves(run_suite) -> None:
    """Each variant has chance of its own."""
    one, two = drawn(run_suite(SCENARIO.format(name="test_a")))
    assert one.split()[1] != two.split()[1]


def test_tests_run_in_the_order_of_their_ids(run_suite) -> None:
    """Whatever they are called; those without an id come last, as they stand."""
    suite = "\n".join(
        f"{mark}@pytest.mark.rule('PAGE-CURSOR')\ndef test_{name}(judge, proof):\n"
        "    judge('PAGE-CURSOR', True, proof, expected='x')\n"
        for name, mark in (
            ("z", ""),
            ("a", ""),
            ("b", "@pytest.mark.scenario('b/b')\n"),
            ("c", "@pytest.mark.scenario('a/c')\n"),
        )
    )
    assert [t["id"].rpartition("_")[2] for t in run_suite(suite)["tests"]] == ["c", "b", "z", "a"]
