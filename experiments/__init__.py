"""What people run: the ``detour`` command, single runs, ensembles, studies and figures.

May import ``market`` and ``agents``; neither imports this.
"""
