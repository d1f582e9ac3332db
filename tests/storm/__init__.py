"""A server whose log storms on request, and what a storm costs its clients."""
