"""What comes back: mailboxes, mails in every form, the workbooks in them, and the record of each receipt.

Nothing here knows a project or reads a workbook; what may be hostile is opened in a reader process by whoever calls.
Start with `containers`.
"""
