"""Requirements of this client on any NestMTX server."""
