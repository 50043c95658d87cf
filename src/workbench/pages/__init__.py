"""What each brief shows, one module a brief: titles, labels, sentences, charts and tables."""
