"""What writer and reader both know."""
