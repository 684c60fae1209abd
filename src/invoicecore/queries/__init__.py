"""What does each screen of a front end show?

Frozen values and pure functions: the rows of each page, in which orders they come, and what is worked out from them.
Rows leave a store whole; the Desk takes out what the one who asks may not see, so whatever may be hidden is None then.
"""
