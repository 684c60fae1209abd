"""The cost of the library beside bare code that does the least that could be called the same work.

`python -m benchmarks` prints a table of ratios. Both sides are measured in turn in one process, because on a shared
machine only such a ratio says anything.
"""
