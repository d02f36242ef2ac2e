"""The order of the work: one file a verb, and `read_return`, the step for one file that a reader process runs.

Nothing here decides what a cell or a row means; that is left to the stages, which exchange values and never import one
another. Start with `merge`: it collects, checks and joins.
"""
