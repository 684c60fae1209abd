"""Nothing takes longer than it should as a firm grows."""
