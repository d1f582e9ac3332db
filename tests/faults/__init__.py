"""Faults between Home Assistant and a server, and what a user sees of them."""
