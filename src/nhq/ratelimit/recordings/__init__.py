"""Recordings of other tools: each reader yields rows of our columns (`nhq.ratelimit.history.history_schema`)."""
