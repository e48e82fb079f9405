"""What people run: the ``detour`` command, single runs, studies, figures, reports and the interactive page.

May import ``market`` and ``agents``; neither imports this.
"""
