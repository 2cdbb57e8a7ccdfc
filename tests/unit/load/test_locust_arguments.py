"""What our locustfile adds to Locust's own options."""

import configargparse
import pytest

from nhq.load.locust_arguments import add_arguments, settings_from_locust

NOTICE = "nhq: --nhq-alone is called --nhq-exclusive-keys now\n"


@pytest.mark.parametrize(
    ("words", "environ"), [(["--nhq-alone"], {}), ([], {"NHQ_ALONE": "true"})], ids=["option", "variable"]
)
def test_the_former_name_of_exclusive_keys_works(
    words: list[str], environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """`--nhq-alone` and NHQ_ALONE say what `--nhq-exclusive-keys` says; help doesn't name them."""
    parser = configargparse.ArgumentParser()
    add_arguments(parser)
    assert settings_from_locust(parser.parse_args(words, env_vars=environ)).exclusive_keys
    assert capsys.readouterr().err in (NOTICE, "")  # once in a process
    today = settings_from_locust(parser.parse_args(["--nhq-exclusive-keys"], env_vars={}))
    assert today == settings_from_locust(parser.parse_args([], env_vars={"NHQ_EXCLUSIVE_KEYS": "true"}))
    assert today.exclusive_keys
    assert "alone" not in parser.format_help().lower().replace("locust alone", "")
