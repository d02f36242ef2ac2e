"""Where each thing lies."""
