"""What the consent covers is captured, by whom and from where on record."""
