"""What hosts use in their own tests: the conformance kit, a storage to watch, quick passwords."""
