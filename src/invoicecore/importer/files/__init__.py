"""How do bytes become rows, a few at a time?"""
