"""The pages, one package a role."""
