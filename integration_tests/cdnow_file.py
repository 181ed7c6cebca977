"""Print where the installed `lifetimes` wheel keeps CDNOW, without importing it."""

from importlib.metadata import files


def cdnow_file() -> str:
    """Return the path of CDNOW_master.txt.

    Raises:
        SystemExit: the distribution or the file is not there.
    """
    for file in files("lifetimes") or []:
        if file.name == "CDNOW_master.txt":
            return str(file.locate())
    raise SystemExit(
        "Wanted CDNOW_master.txt in the distribution `lifetimes`. Found none. "
        "Run `make setup`."
    )


if __name__ == "__main__":
    print(cdnow_file())
