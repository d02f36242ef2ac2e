"""Many returns -> one book. A merge is a join: in any order, in any steps, however often, the result is the same."""
