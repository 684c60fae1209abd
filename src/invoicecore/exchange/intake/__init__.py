"""How does what was read come into the books: planned first, and then done?"""
