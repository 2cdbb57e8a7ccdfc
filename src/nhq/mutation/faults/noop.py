"""A fault that does nothing: it proves that planting one is harmless."""

from nhq.mutation.faults.fault import Around, faults_of_family

plant = faults_of_family("none")

FAULTS = (plant("noop", "Nothing is wrong.", stages=Around(lambda true: lambda operation: true(operation))),)
