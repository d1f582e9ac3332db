"""What the pages cost in a browser, measured beside built-in cards and a bare WHEP page."""
