"""Post: letters against real servers on loopback, returns out of mails, the board, robots."""
