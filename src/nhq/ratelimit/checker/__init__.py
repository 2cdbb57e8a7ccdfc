"""Four verdicts on a history, each with its smallest witnesses. Pure."""
