"""Processes of streams: restarting them, and ending those that nobody needs."""
