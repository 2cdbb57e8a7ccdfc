"""The mock: all 16 operations from memory, with real state, scopes and limits.

Judged by the suite, so it shares no logic with it: of `nhq` it knows `clock`, `errors`, `paths` and `decoding` only.
`app.create_app` makes the ASGI app, `policies.Policies` holds every decision it takes, `serving.serve` runs it.
"""
