"""Figures for Prometheus: what there is, who may read it, and how a worker gives its own."""
