"""One Socket.IO connection to a NestMTX server: login, requests and answers."""
