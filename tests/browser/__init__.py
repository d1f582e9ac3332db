"""The whole, as a user sees it: Home Assistant's page in a browser."""
