"""What the workbooks of the next round go out with."""
