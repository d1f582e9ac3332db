"""The objects of a NestMTX server as frozen values, and the parsing of its answers."""
