"""One telephone call: who speaks, who listens, when a turn ends. Knows no business."""
