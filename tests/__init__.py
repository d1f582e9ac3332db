"""Tests of the NestMTX integration."""
