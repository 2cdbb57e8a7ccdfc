"""Cassettes: recorded exchanges under pseudonyms, played back to the scenarios without a network, judged again."""
