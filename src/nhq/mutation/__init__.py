"""Mutation analysis: plant each fault in a mock, run the gate, and see whether it finds the fault."""
