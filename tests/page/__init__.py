"""What goes into the page that checks a workbook, and what it runs on; the page itself is driven in tests/browser."""
