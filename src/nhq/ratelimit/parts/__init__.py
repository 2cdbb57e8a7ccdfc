"""Histories larger than memory: read as a stream, partitioned by key, judged part by part, combined."""
