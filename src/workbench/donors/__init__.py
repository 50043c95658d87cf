"""Who gives, what they are worth and what to ask: from movements of money to donors."""
