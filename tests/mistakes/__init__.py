"""Returns with planted mistakes: what people do to a workbook on its way, and what must be found where."""
