"""What the scenarios of one area share: requests, probes and judgements, each module for its area."""
