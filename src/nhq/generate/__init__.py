"""Requests made by Schemathesis and Hypothesis, behind thin adapters; the corpus of live runs."""
