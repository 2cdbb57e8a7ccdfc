"""A changed contract made ours: the edits that a person would make to what is written about it."""
