"""What the donors brief shows, a module a section of it."""
