"""What a contract test imports: inventory, payloads, steps, crawls, probes, and the stateful harness."""
