"""What the integration costs, each figure beside a reference measured in the same run."""
