"""Pages in a real browser: Chromium, headless, opens what xlsflow writes and is driven as a person would drive it."""
