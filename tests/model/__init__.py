"""Values that travel."""
