"""What is written: outgoing and consolidated workbooks."""
