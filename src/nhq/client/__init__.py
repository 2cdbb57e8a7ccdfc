"""The only room that talks to a target: guard, pacing, recorder, transport, the mock's control plane."""
