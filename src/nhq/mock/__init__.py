"""The mock: all 16 operations from memory, with real state, scopes and limits.

The suite judges it, so the two share no logic: of `nhq` it imports `clock`, `errors`, `paths` and `decoding` only.
`app.create_app` makes the ASGI app, `policies.Policies` holds every decision it takes, `serving.serve_app` runs it.
"""
