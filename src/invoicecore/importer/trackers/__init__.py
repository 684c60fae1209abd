"""What does each tracker write? One room for each."""
