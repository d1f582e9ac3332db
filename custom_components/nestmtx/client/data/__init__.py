"""What a NestMTX server has, as frozen values, and how its answers are parsed."""
