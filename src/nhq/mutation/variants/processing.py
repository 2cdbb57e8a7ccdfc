"""Choices about what becomes of imported leads: entries that fail, texts in a form of its own, short answers."""

from hashlib import blake2b
from typing import Any

from nhq.mutation.faults.fault import Around
from nhq.mutation.variants.variant import make_dice, variants_of_area

take = variants_of_area("processing", "import", "leads", "lists")

REQUIRED = ("id", "created_at", "updated_at")  # of a lead, by its schema


def _failing(share: float) -> Around:
    """For `entry_fails`: that share of the entries, by chance."""

    def make(true: Any) -> Any:
        chance = make_dice("entries")

        def fails(url: str) -> bool:
            return bool(true(url)) or chance.random() < share

        return fails

    return Around(make)


def _in_short(true: Any) -> Any:
    """An imported lead by its required members alone."""

    def show(operation: str, lead: Any) -> Any:
        shown = true(operation, lead)
        return shown if operation != "import_leads" else {name: getattr(lead, name) for name in REQUIRED}

    return show


def _hosted(given: dict[str, Any]) -> dict[str, Any]:
    """A picture under an address of the server's own."""
    picture = given.get("profile_picture_url")
    if not picture:
        return given
    name = blake2b(picture.encode(), digest_size=6).hexdigest()
    return given | {"profile_picture_url": f"https://media.example.com/{name}.jpg"}


def _formatted(given: dict[str, Any]) -> dict[str, Any]:
    """A phone number in groups."""
    phone = given.get("phone")
    return given | {"phone": f"{phone[:2]} {phone[2:5]}-{phone[5:8]}-{phone[8:]}"} if phone else given


def _on_one_line(given: dict[str, Any]) -> dict[str, Any]:
    """Texts without line ends."""
    return {name: " ".join(text.split()) if isinstance(text, str) else text for name, text in given.items()}


def _nothing_new(true: Any) -> Any:
    """200 wherever nothing was created or attached, whatever else the batch held."""
    return lambda summary: 200 if not summary["created"] + summary["added_existing"] else true(summary)


VARIANTS = (
    take(
        "fails-one-entry-in-a-hundred",
        "One in a hundred entries of batches fails in processing, by chance.",
        "failing-imports",
        "one in a hundred",
        entry_fails=_failing(0.01),
    ),
    take(
        "fails-one-entry-in-fifty",
        "Two in a hundred entries of batches fail in processing, by chance.",
        "failing-imports",
        "two in a hundred",
        entry_fails=_failing(0.02),
    ),
    take(
        "fails-one-entry-in-ten",
        "One in ten entries of batches fails in processing, by chance.",
        "failing-imports",
        "one in ten",
        entry_fails=_failing(0.1),
    ),
    take(
        "fails-every-entry",
        "Every entry of a batch fails in processing.",
        "failing-imports",
        "all of them",
        entry_fails=lambda url: True,
    ),
    take(
        "counts-entries-from-one",
        "Indexes of the entries of a batch begin with one.",
        "index-base",
        "no: from one",
        entry_index=lambda position: position + 1,
    ),
    take(
        "answers-200-where-nothing-is-new",
        "A batch of which nothing was created or attached is answered 200, whatever was malformed or failed.",
        "malformed-and-members",
        "200",
        batch_status=Around(_nothing_new),
    ),
    take(
        "answers-200-where-nothing-is-fit",
        "A batch whose entries are all malformed is answered 200.",
        "all-malformed-leads",
        "200",
        batch_status=Around(
            lambda true: lambda summary: 200 if summary["malformed"] == summary["attempted"] else true(summary)
        ),
    ),
    take(
        "shows-imported-leads-in-short",
        "The answer to an import shows the required members of its leads alone.",
        "lead-in-answers",
        "the required members alone",
        show_lead=Around(_in_short),
    ),
    take(
        "hosts-pictures-itself",
        "The picture of a new lead is shown under an address of the server's own.",
        "fields-as-sent",
        "pictures under an address of the server's own",
        imported_fields=_hosted,
    ),
    take(
        "formats-phones",
        "The phone number of a new lead is shown in groups.",
        "fields-as-sent",
        "phone numbers in a form of its own",
        imported_fields=_formatted,
    ),
    take(
        "folds-line-ends",
        "Line ends and tabs in texts of a new lead become blanks.",
        "fields-as-sent",
        "line ends and blanks folded",
        imported_fields=_on_one_line,
    ),
)
