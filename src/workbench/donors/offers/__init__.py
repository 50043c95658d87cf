"""What draws whom: segments found and confirmed, the events for them, fundraising tests."""
