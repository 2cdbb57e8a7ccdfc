"""Variants: what a correct server may do otherwise than the mock, one decision replaced each."""
