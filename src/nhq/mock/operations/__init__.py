"""What each operation does once a request has passed the key, the limiter and the scope. One module a tag."""
