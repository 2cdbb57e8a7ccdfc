"""Pure judgement of exchanges: what every answer must keep, whoever asked. No I/O, no state."""
