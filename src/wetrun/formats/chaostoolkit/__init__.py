"""Chaos Toolkit experiments, JSON or YAML, as plans.

Source: the Open Chaos experiment format, https://chaostoolkit.org/reference/api/experiment/.
"""
