"""The built-in templates and packs, and templates of others."""
