"""When to send what, as data: arrivals and the schedules made of them."""
