"""How is what stands in a row meant, by the row and by the rest of its file?"""
