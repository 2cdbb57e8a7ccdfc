"""A record holds none of a target's secrets, wherever one stood."""

from msgspec.structs import replace

from nhq.masking import MASK, Masker
from nhq.record.masked_record import mask_record
from nhq.record.record_json import record_text
from tests.made_records import made_record

SECRET = "nhq_sk_0123456789"


def test_a_secret_gives_way_in_every_text() -> None:
    """In the command, in findings, in lists and in maps; the rest stays as it was."""
    finding = {"rule": "AUTH-ABSENT", "operation": "list_leads", "actual": f"the key {SECRET}"}
    clean = made_record(findings=[{**finding, "actual": f"the key {MASK}"}], written=["a list"])
    spoilt = made_record(findings=[finding], written=["a list"], command=f"nhq gate {SECRET}", versions={"x": SECRET})
    told = mask_record(spoilt, Masker([SECRET]))
    assert SECRET not in record_text(told)
    assert told == replace(clean, command=f"nhq gate {MASK}", versions={"x": MASK})
