"""Files of others become data packs, with a receipt of what was kept and what was dropped."""
