"""The record of a run: one typed, frozen, versioned document that every report and every reader is given."""
