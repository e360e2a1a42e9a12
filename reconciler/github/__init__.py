"""What a workflow says on GitHub: comments, checks, labels, an issue, annotations, and what was reviewed there."""
