"""Support and turnout of everybody on the voter file, as chances that mean what they say."""
