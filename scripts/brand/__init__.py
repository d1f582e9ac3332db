"""The brand's drawings, and the script that renders them for Home Assistant."""
