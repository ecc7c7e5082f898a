"""What has been linked into a firmware: its map file, read."""
import pathlib
import re


class Piece:
    """A stretch of the image: section (".text"), name (what the object calls it), bytes, source."""

    def __init__(self, section, name, size, source):
        self.section, self.name, self.size, self.source = section, name, size, source


def bearssl_sources(build):
    """Object name -> source below bearssl/; an archive keeps no folders."""
    root = build / "bearssl" / "source" / "src"
    return {path.name + ".obj": "bearssl/" + str(path.relative_to(root)) for path in root.rglob("*.c")}


def source_of(place, sources, repository):
    """The source of an object as the map names it."""
    member = re.search(r"\(([^)]+)\)$", place)
    archive = pathlib.PurePath(place.split("(")[0]).name
    name = member.group(1) if member else pathlib.PurePath(place).name
    if archive == "libgcc.a":
        return "libgcc/" + name
    if archive == "libbearssl.a":
        return sources[name]
    folder = {"libdevice.a": "device/src", "libport.a": "device/ports/lx106-qemu"}.get(archive, "device/firmware")
    if name == "start.S.obj":
        folder = "device/ports/lx106-qemu"
    source = f"{folder}/{name.removesuffix('.obj')}"
    if not (repository / source).is_file():
        raise ValueError(f"{place}: there is no {source}")
    return source


def pieces(map_file, repository):
    """All pieces of .text, .rodata, .data and .bss, with the padding after them; together the sections' sizes."""
    text = map_file.read_text()
    text = text[text.index("\nLinker script and memory map"):]
    sources = bearssl_sources(map_file.parent)
    output = re.compile(r"^(\.(?:text|rodata|data|bss)[\w.]*)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)$", re.M)
    given = re.compile(r"^ (\.\S+|COMMON)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S.*)$", re.M)
    found = []
    for section in output.finditer(text):
        begin, size = (int(part, 16) for part in section.group(2, 3))
        if size == 0:
            continue
        end = text.find("\n\n", section.end())
        rows = [(int(row.group(2), 16), row.group(1), row.group(4))
                for row in given.finditer(text, section.end(), end) if int(row.group(3), 16) != 0]
        rows.sort(key=lambda row: row[0])
        if not rows or rows[0][0] != begin:
            raise ValueError(f"{map_file}: {section.group(1)} does not begin with a piece")
        ends = [row[0] for row in rows[1:]] + [begin + size]
        for (at, name, place), stop in zip(rows, ends):
            found.append(Piece("." + section.group(1).split(".")[1], name, stop - at, source_of(place, sources, repository)))
    return found


class Components:
    """components.txt, read."""

    def __init__(self, path):
        self.rows, self.counted, counted = [], {}, True
        for line in path.read_text().splitlines():
            line = line.split("#")[0].strip()
            if line == "not counted":
                counted = False
            elif line:
                pattern, name = line.split(None, 1)
                self.rows.append((pattern, name))
                self.counted.setdefault(name, counted)

    def of(self, source):
        """The component of a source; every linked object has one."""
        for pattern, name in self.rows:
            if source == pattern or (pattern.endswith("*") and source.startswith(pattern[:-1])):
                return name
        raise ValueError(f"components.txt has no row for {source}")
