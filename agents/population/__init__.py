"""The population as columns: seats that Mesa sees as agents, and the kernels that draw their choices."""
