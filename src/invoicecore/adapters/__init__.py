"""What ships behind the ports, so that nobody has to begin there."""
