"""The tables, one module per group, so that a store reaches only what is its business."""
