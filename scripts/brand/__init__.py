"""The brand's drawings, and what renders them for Home Assistant."""
