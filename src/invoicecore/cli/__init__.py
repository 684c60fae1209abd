"""The small command line: the first front end, and an example of one."""
