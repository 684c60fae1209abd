"""What the library asks of its surroundings, each as a Protocol whose promises stand in its docstring."""
