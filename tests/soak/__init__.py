"""Random changes and faults against a session in a real Home Assistant, and its recovery."""
