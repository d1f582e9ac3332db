"""Requests to a server, by module."""
