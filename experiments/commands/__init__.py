"""The commands of ``detour`` and what they print."""
