"""Variants: what a correct server may do differently from the mock; each replaces one decision."""
