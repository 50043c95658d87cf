"""What the voters brief shows: electors by age and place, past turnout, scores and how sure."""
