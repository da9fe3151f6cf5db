"""From attributed items to findings and the text that may cross."""
