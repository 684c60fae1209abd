"""Adapters for the small ports: clocks, notifiers, mail, passwords and a throttle."""
