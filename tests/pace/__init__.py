"""Does nothing take longer than it should, as a firm grows?"""
