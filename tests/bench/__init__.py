"""The cost of the integration, each figure with a reference measured in the same run."""
