"""Documents on paper: PDF/A-2a and PDF/UA-1 at once, set by typst from data."""
