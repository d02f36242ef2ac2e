"""The only place that knows the order of the work; each verb of the command line is one function here."""
