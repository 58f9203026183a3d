"""People and garments for the demo and the tests; NOTICE says where each picture is from."""

from pathlib import Path

PEOPLE = Path(__file__).parent / "people"
GARMENTS = Path(__file__).parent / "garments"
