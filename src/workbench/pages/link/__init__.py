"""What the link brief shows: tables, words and headline numbers, none of them a person's."""
