"""What is out of date and why, what asks for a decision, what expires, what may leave."""
