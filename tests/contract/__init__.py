"""What must hold of any NestMTX server for this client to work."""
