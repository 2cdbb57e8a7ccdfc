"""The only rooms that talk to a target: guard, budget, recorder, the mock's control plane, discovery."""
