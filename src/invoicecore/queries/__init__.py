"""The rows of each list and page, their orders, and the figures that are computed from them.

Stores return full rows. The Desk then sets every field that the viewer may not see to None.
"""
