"""Run in a process of its own, because importing Locust patches the whole of it: sends as a load run does.

Arguments: base URL, folder, number of requests, whose pool is used ("theirs", "ours", or "ours" @ a source address).
"""

import sys
from pathlib import Path

from geventhttpclient.client import HTTPClientPool
from locust.contrib.fasthttp import FastHttpSession
from locust.event import EventHook

from nhq.load.history_recorder import HistoryRecorder
from nhq.load.locust_sender import KeySender
from nhq.load.no_retry_client import OncePool
from nhq.load.traffic_mix import MixCall
from nhq.ratelimit.history.history import Meta

OPTIONS = {"concurrency": 10, "network_timeout": 2.0}

base, folder, count, pool = sys.argv[1:]
recording = HistoryRecorder(Path(folder), 0, ["k"], Meta(60, 60.0))
session = FastHttpSession(
    base_url=base,
    request_event=EventHook(),
    user=None,
    insecure=False,
    max_retries=0,
    max_redirects=0,
    client_pool=HTTPClientPool(**OPTIONS) if pool == "theirs" else OncePool(pool.partition("@")[2], **OPTIONS),
)
sender = KeySender(session, recording, "k", "secret", sys.exit)
for method in ("GET", "PUT", "POST"):
    for _ in range(int(count)):
        sender.send(MixCall(f"{method} it", method, "/it", "" if method == "GET" else "{}"))
recording.close()
