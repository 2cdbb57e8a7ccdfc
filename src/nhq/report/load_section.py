"""The section and the lines of a load run: four verdicts with witnesses, budget, latencies, window timelines."""

from nhq.report.words import Record, mark


def text(record: Record) -> str:
    """For the terminal: a line a verdict, then what exceeded its budget."""
    load = record["load"]
    lines = [f"{load['requests']} requests with {load['keys']} keys in {load['seconds']:.0f} s"]
    for row in load["verdicts"]:
        lines.append(f"{mark(row['verdict']).glyph} {row['aspect']:<11} {row['verdict']:<9} {row['cause']}")
    for row in load["budget"]:
        if row["verdict"] != "holds":
            lines.append(f"! budget: {row['name']} {row['actual']}, allowed {row['allowed']}")
    return "\n".join([*lines, *(f"note: {note}" for note in load["notes"])])
