"""Which known algorithm could have produced a history, and where its windows start. Pure."""
