"""What the offers brief shows, a module a section of it."""
