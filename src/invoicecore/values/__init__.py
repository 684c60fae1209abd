"""Values without identity: money, rates, days and zones, ids, addresses, locales, themes and logos."""
