"""Exchange books: synthetic requests and answers of a vendor, and what in them is what."""
