"""Where things are."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests" / "data" / "MNIST-sample"
SCRIPTS = ROOT / "workflow" / "scripts"
STUDIES = ROOT / "workflow" / "studies"
TEMPLATE = ROOT / "report" / "template"
