"""What is read: limits, isolation, recognition, spoilt files."""
