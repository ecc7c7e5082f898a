"""What deploy/'s examples name of us: fields of the event log, metrics and their labels, and whether they exist."""

import json
import pathlib
import re
from typing import Dict, Iterable, Iterator, List, Set, Tuple

# Labels that Prometheus itself adds.
SCRAPED = {"job", "instance", "le"}
HISTOGRAM_ENDS = ("_bucket", "_sum", "_count")


def of_schema(file: pathlib.Path) -> Set[str]:
    """Returns the paths of all fields that some line may have, such as tlswatch.mfln.negotiated."""
    schema = json.loads(file.read_text())
    found: Set[str] = set()
    seen: Set[Tuple[str, str]] = set()

    def walk(node, path: str) -> None:
        if not isinstance(node, dict):
            return
        if "$ref" in node:
            name = node["$ref"].rsplit("/", 1)[1]
            if (name, path) not in seen:
                seen.add((name, path))
                walk(schema["definitions"][name], path)
        for name, child in node.get("properties", {}).items():
            if child is not False:
                found.add(f"{path}.{name}".lstrip("."))
                walk(child, f"{path}.{name}")
        for key in ("allOf", "anyOf", "oneOf"):
            for child in node.get(key, []):
                walk(child, path)
        for key in ("then", "else", "items"):
            walk(node.get(key), path)

    walk(schema, "")
    return found


def of_log(lines: Iterable[str]) -> Set[str]:
    found: Set[str] = set()

    def walk(value, path: str) -> None:
        if path:
            found.add(path)
        children = value.items() if isinstance(value, dict) else ()
        for name, child in children:
            walk(child, f"{path}.{name}".lstrip("."))
        for child in value if isinstance(value, list) else ():
            walk(child, path)

    for line in lines:
        walk(json.loads(line), "")
    return found


def metrics(families: pathlib.Path) -> Dict[str, Set[str]]:
    """Returns the labels of each metric, from the rows of daemon/metrics/families.cpp."""
    row = re.compile(r'\{Id::\w+, (\w+), "(\w+)",\s*(?:"[^"]*"\s*)+,\s*\{((?:"\w+"(?:, )?)*)\}, \d+\}')
    found = {}
    for kind, name, labels in row.findall(families.read_text()):
        found[name] = set(re.findall(r"\w+", labels))
        if kind == "histogram":
            found.update({name + end: found[name] for end in HISTOGRAM_ENDS})
    return found


def wrong_in_promql(expression: str, known: Dict[str, Set[str]], recorded: Set[str]) -> Iterator[str]:
    """Yields each metric of ours and each label that does not exist."""
    for name in set(re.findall(r"\b\w+:\w+:\w+\b", expression)) - recorded:
        yield f"no rule records {name}"
    text = re.sub(r"\b\w+:\w+:\w+\b", "recorded", expression)
    for name, selector in re.findall(r"\b((?:tlswatch|process)_\w+)\b(?:\{([^}]*)\})?", text):
        if name not in known:
            yield f"there is no metric {name}"
            continue
        for label in set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector)) - known[name] - SCRAPED:
            yield f"{name} has no label {label}"
    everything = set().union(*known.values()) | SCRAPED
    for group in re.findall(r"\b(?:by|on|without|ignoring)\s*\(([^)]*)\)", text):
        for label in set(re.findall(r"\w+", group)) - everything:
            yield f"no metric has a label {label}"


def named_in_logql(expression: str) -> Tuple[Set[str], List[str]]:
    """Returns the fields that a LogQL expression names, and what is wrong with it otherwise."""
    wrong = []
    for selector in re.findall(r"\{([^{}]*=[^{}]*)\}", expression):
        for label in set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector)) - {"job", "broker", "action"}:
            wrong.append(f"{label} is no label of the log's streams")
    fields: Set[str] = set()
    known = {"broker", "action", "job"}
    for stage in expression.split("|")[1:]:
        stage = stage.strip()
        if stage.startswith("json"):
            pairs = re.findall(r'(\w+)="([^"]+)"', stage)
            fields |= {path for _, path in pairs}
            known |= {name for name, _ in pairs}
            if not pairs:
                wrong.append("`json` without fields makes a label of each")
        elif stage.startswith("line_format"):
            wrong += [f"{name} is not taken from the line" for name in set(re.findall(r"\.(\w+)", stage)) - known]
        else:
            filters = re.match(r"(\w+)\s*(?:=~|!~|!=|=)", stage)
            if filters and filters[1] not in known:
                wrong.append(f"{filters[1]} is not taken from the line")
    for group in re.findall(r"\bby \(([^)]*)\)", expression):
        wrong += [f"{name} is not taken from the line" for name in set(re.findall(r"\w+", group)) - known]
    return fields, wrong


def unbalanced(text: str) -> str:
    """Returns what is wrong with brackets and quotes, outside of comments that begin with // or #; empty: nothing."""
    pairs = {")": "(", "]": "[", "}": "{"}
    open_ones: List[str] = []
    text = re.sub(r'("(?:\\.|[^"\\])*")|(//|#)[^\n]*', lambda m: '""' if m[1] else "", text)
    for c in text:
        if c in pairs.values():
            open_ones.append(c)
        elif c in pairs and (not open_ones or open_ones.pop() != pairs[c]):
            return f"a {c} that closes nothing"
    if text.count('"') % 2:
        return "a quote that is not closed"
    return f"a {open_ones[-1]} that is not closed" if open_ones else ""
