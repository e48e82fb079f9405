"""An example of every command, which its help ends with."""

_EXAMPLES = {
    "run": "run no-detour --mean-field",
    "list": "list --search storage",
    "show": "show national.bev_share_new",
    "validate": "validate mine.toml",
    "figures": "figures results/runs/reference/seed=1 --for paper",
    "report": "report results/runs/reference/seed=1",
    "export": "export results/runs/reference/seed=1 --to csv --table national",
    "app": "app data-center-boom",
    "data": "data template electricity",
    "data template": "data template peaks --out my-region",
    "data check": "data check my-data",
    "import": "import stations stations.csv",
    "import stations": "import stations stations.csv --out my-ports",
    "import storage": "import storage storage.csv --out my-storage",
    "import peaks": "import peaks peaks.csv --out my-peaks",
    "import plants": "import plants plants.csv --out my-plants",
    "import sales": "import sales sales.csv --out my-sales",
    "data diff": "data diff my-data",
    "sweep": "sweep detour-frontier --consumers 5000",
    "compare": "compare reference no-detour --replications 4",
    "sensitivity": "sensitivity what-matters --outcome bev_share_new_last",
    "calibrate": "calibrate --workers 2",
    "hindcast": "hindcast --quick",
    "explorer": "explorer explorer.html",
    "verify": "verify results/runs/reference/seed=1",
}
_AS_WRITTEN = "\b\n"  # keeps the command line from being wrapped


def example(command: str) -> str:
    """The last lines of the help of a command."""
    return f"{_AS_WRITTEN}Example: detour {_EXAMPLES[command]}"
