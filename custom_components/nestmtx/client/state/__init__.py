"""The known state of a server, advanced by its events and its lists."""
