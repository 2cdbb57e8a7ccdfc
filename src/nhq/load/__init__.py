"""Load runs: profiles as tables, Locust as a subprocess that only records, the checker after it."""
