"""The drawings that stand for pictures of cameras, and what writes them as files."""
