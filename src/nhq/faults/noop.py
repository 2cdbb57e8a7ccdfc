"""A fault that does nothing: it proves that planting one is harmless."""

from nhq.faults.fault import Around, family

plant = family("none")

FAULTS = (plant("noop", "Nothing is wrong.", stages=Around(lambda true: lambda operation: true(operation))),)
