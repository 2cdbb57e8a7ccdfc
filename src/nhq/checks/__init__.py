"""Pure judgement of exchanges: the promises that every answer must keep, whoever sent the request. No I/O, no state."""
