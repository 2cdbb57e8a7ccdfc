"""A run: tests are executed, everything seen is collected, one record comes out."""
