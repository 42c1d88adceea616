"""Documents that a person gets: invoices, statements, the comparison report, and tables for a spreadsheet."""
