"""The manager's decision, with reasons, documents, disputes and recalls."""
