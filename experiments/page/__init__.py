"""The interactive page, ``detour app``: state (start, draft, levers, player, snapshot) knows nothing of views."""
