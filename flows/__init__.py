"""The automatic segments, as Prefect flows: the order of the steps and nothing else."""
