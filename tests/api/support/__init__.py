"""What the API tests share: a server in its own folder, and a client that checks every answer."""
