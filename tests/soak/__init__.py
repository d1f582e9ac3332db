"""Random changes and faults for a session in a real Home Assistant, and its recovery."""
