"""What runs in the browser: the page, its worker, and what stands in for pydantic there.

None of it is imported by xlsflow itself; `document` reads these files as text. No rule of a check is written here.
Start with `page.js`, then `worker.js`.
"""
