"""A Home Assistant with this integration and a simulated server, for development."""
