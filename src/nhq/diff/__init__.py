"""Two documents of an API → what changed for its clients, each break with a witness. Pure: nothing is read or sent."""
