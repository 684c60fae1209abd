"""Other libraries on the same work, beside the same floors.

Each adapter does the least that its library asks for and nothing around it: no permission, stop or audit. They run in
an environment of their own; nothing here is imported by the library, and a peer that does not install is said not to.
"""
