"""The life of an invoice, from draft to paid or void, and the sessions that it locks."""
