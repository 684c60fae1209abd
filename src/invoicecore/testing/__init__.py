"""Can it be believed? What a host, or whoever doubts, runs to see that the library keeps its word."""
