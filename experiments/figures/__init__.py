"""Pictures: plain arrays and tables in, matplotlib figures out, one file per picture."""
