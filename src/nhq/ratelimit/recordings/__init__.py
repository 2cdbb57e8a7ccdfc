"""Recordings that other tools made: each reader yields rows of our columns (see `nhq.ratelimit.schema`)."""
