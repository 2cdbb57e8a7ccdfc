"""What each operation does once a request has passed key, limiter and scope. One module per tag."""
