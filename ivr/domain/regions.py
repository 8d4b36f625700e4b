"""Names of regions by their code (GB/T 2260). Pure.

`data/regions.tsv` has a row a province, city and county: code, tab, name, as the Ministry of Civil Affairs published
them for 2020; taken from the npm package china-area-data 5.0.1 (MIT licence). A code that is not there is shown with
its city or province.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

EVERYWHERE = "*"
_FILE = Path(__file__).parent / "data" / "regions.tsv"


@cache
def _names() -> Mapping[str, str]:
    return dict(line.split("\t") for line in _FILE.read_text("utf-8").splitlines())


def region_name(code: str) -> str:
    """Give a region as it is shown, e.g. `320213` -> `无锡市梁溪区`, `320200` -> `无锡市`, `320299` -> `无锡市 320299`."""
    if code == EVERYWHERE:
        return "全部地区"
    names = _names()
    province, city = names.get(f"{code[:2]}0000", ""), names.get(f"{code[:4]}00", "")
    own = names.get(code)
    if own is None:
        return f"{city or province} {code}".strip()
    if code.endswith("00"):
        return own
    return f"{city or province}{own}"
