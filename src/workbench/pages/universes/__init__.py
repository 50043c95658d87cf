"""What the universes brief shows: who is in which, what a budget gains there, and how sure."""
