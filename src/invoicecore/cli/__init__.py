"""The command line, which is also an example of a front end."""
