"""Who the electors are and whether they voted: profiles by age, sex and place, turnout."""
