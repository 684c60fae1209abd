"""The paper that moved: an invoice from draft to paid or void, and which sessions it locks meanwhile."""
