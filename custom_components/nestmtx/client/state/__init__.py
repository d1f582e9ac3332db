"""What is known of a server, advanced by its events and its lists."""
