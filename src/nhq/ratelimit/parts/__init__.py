"""Histories larger than memory: read in a stream, partitioned by key, judged part by part, put together."""
