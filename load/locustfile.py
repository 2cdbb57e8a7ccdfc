"""`locust -f load/locustfile.py`: one Locust user is one API key. What is sent is in profiles/; see --nhq-profile.

With a target file:     locust -f load/locustfile.py --nhq-target target.toml -u 2
With keys in variables: NHQ_API_KEYS=key1,key2 locust -f load/locustfile.py --host https://… -u 2

`nhq load` runs this file headless and judges what it recorded.
"""

from locust import events

from nhq.load.locust_user import KeyUser, listen_to_locust

listen_to_locust(events)


class NetworkHQ(KeyUser):
    """One key of the target."""
