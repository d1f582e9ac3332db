"""What goes wrong between Home Assistant and a server, and what its user sees of it."""
