"""The pages: the whole reference on one, the start page, and one for each type of problem. No outside parts, no script but the
filter; without it everything is there, too."""
import html
import json
import pathlib
import re

import examples

HERE = pathlib.Path(__file__).resolve().parent
CSS = (HERE / "page.css").read_text(encoding="utf-8")
SCRIPT = (HERE / "page.js").read_text(encoding="utf-8")
METHODS = ("get", "post", "put", "delete", "patch")


def escaped(text):
    return html.escape(str(text), quote=True)


def prose(text):
    """Paragraphs, indented code, `code`, **strong**: as much Markdown as the documents use."""
    def block(part):
        if part.startswith("    "):
            return f'<pre tabindex="0">{escaped(re.sub(r"^    ", "", part, flags=re.M))}</pre>'
        return f"<p>{marked(part)}</p>"
    return "".join(map(block, filter(None, text.split("\n\n"))))


def marked(text):
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped(text))
    return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text)


def page(title, body, script=""):
    return (f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width,initial-scale=1">\n'
            f"<title>{escaped(title)}</title>\n<style>{CSS}</style>\n</head>\n<body>\n{body}\n{script}</body>\n</html>\n")


def slug(word):
    return word.replace("_", "-")


def problem_page(word, row):
    """What stands within `problem_frame`."""
    title = word.replace("_", " ").capitalize()
    return (f'<main>\n<p class="soft">Problem type · HTTP status {row["status"]}</p>\n<h1>{escaped(title)}</h1>\n'
            f'<h2>What it means</h2>{prose(row["means"])}\n<h2>Why</h2>{prose(row["why"])}\n<h2>What to do</h2>{prose(row["do"])}\n'
            f'<p class="soft"><code>/problems/{slug(word)}</code> · <a href="/docs#problems">all problem types</a> · <a href="/docs">reference</a></p>\n</main>')


def problem_frame():
    """What comes before and after each problem's own part."""
    return page("Problem type", "{body}").split("{body}")


# What the start page may show, if the listener serves it: section, a route's path or a group's name, what stands there.
START = (
    ("For people", "/console", "Operator console", "orders, customers and what needs a person"),
    ("For people", "/docs", "Reference", "every call with examples, and how to authenticate first"),
    ("For programs", "/openapi.json", "OpenAPI 3.1", "the same reference as a document"),
    ("Health", "/livez", "/livez", "the process runs"),
    ("Health", "/readyz", "/readyz", "it takes requests"),
    ("Health", "/metrics", "/metrics", "figures for Prometheus; needs a token where tokens are demanded"),
)


def start_parts(document):
    """(section, path or group, HTML) in the page's order."""
    parts = [(section, path, f'<li><a href="{path}">{escaped(name)}</a> <span class="soft">{escaped(what)}</span></li>')
             for section, path, name, what in START]
    return parts + [("Served at this address", tag["name"], f"<li>{escaped(tag['x-displayName'])} "
                     f'<span class="soft">{marked(tag["description"])}</span></li>') for tag in document["tags"] if tag["name"] != "probe"]


def start_frame(document):
    version = document["info"]["version"]
    return page("orderflow", f'<main>\n<h1>orderflow <span class="soft">{escaped(version)}</span></h1>\n'
                "<p>An order-processing service runs here. Programs talk to it over HTTP; every order can be made in the words of one "
                "document and read, paid, cancelled or shipped in those of another.</p>\n{body}\n</main>").split("{body}")


def schema_text(schema):
    """One line that says what a value is."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f'<a href="#schema-{escaped(name)}">{escaped(name)}</a>'
    for key, between in (("anyOf", " or "), ("oneOf", " or "), ("allOf", " and ")):
        parts = [each for each in schema.get(key, []) if set(each) != {"required"}]
        if parts and "properties" not in schema:
            return between.join(schema_text(each) for each in parts)
    if schema.get("type") == "array":
        return f"array of {schema_text(schema.get('items', {}))}{limits(schema)}"
    own = schema.get("type", "any")
    kind = own if isinstance(own, str) else " or ".join(own)
    if "const" in schema:
        return f"<code>{escaped(json.dumps(schema['const'], ensure_ascii=False))}</code>"
    if "enum" in schema:
        return "one of " + ", ".join(f"<code>{escaped(json.dumps(each, ensure_ascii=False))}</code>" for each in schema["enum"])
    return escaped(kind) + (f" ({escaped(schema['format'])})" if "format" in schema else "") + limits(schema)


def limits(schema):
    said = []
    for least, most, unit in (("minimum", "maximum", ""), ("minLength", "maxLength", " characters"), ("minItems", "maxItems", " elements")):
        if least in schema and most in schema:
            said.append(f"{schema[least]} to {schema[most]}{unit}")
        elif least in schema:
            said.append(f"at least {schema[least]}{unit}")
        elif most in schema:
            said.append(f"at most {schema[most]}{unit}")
    if "pattern" in schema:
        said.append(f"matches {schema['pattern']}")
    if "default" in schema:
        said.append(f"default {json.dumps(schema['default'])}")
    return f' <span class="soft">{escaped(", ".join(said))}</span>' if said else ""


def members(schema):
    rows = ""
    for name, each in schema.get("properties", {}).items():
        must = ' <span class="must">required</span>' if name in schema.get("required", []) else ""
        rows += f"<tr><td><code>{escaped(name)}</code>{must}</td><td>{schema_text(each)}{prose(each.get('description', ''))}</td></tr>"
    return f"<table><tr><th>Member</th><th>Value</th></tr>{rows}</table>" if rows else f"<p>{schema_text(schema)}</p>"


def indented(value, depth=0):
    """JSON for people; numbers as the document has them."""
    pad = "  " * (depth + 1)
    if isinstance(value, dict) and value:
        inner = ",\n".join(f"{pad}{json.dumps(name, ensure_ascii=False)}: {indented(each, depth + 1)}" for name, each in value.items())
        return "{\n" + inner + "\n" + "  " * depth + "}"
    if isinstance(value, list) and any(isinstance(each, (dict, list)) for each in value):
        return "[\n" + ",\n".join(pad + indented(each, depth + 1) for each in value) + "\n" + "  " * depth + "]"
    return examples.written(value)


def example_blocks(content):
    return "".join(f'<figure><figcaption>{escaped(each["summary"])}</figcaption><pre tabindex="0">{escaped(indented(each["value"]))}</pre></figure>'
                   for each in content.get("examples", {}).values())


def parameter_rows(document, item, operation):
    rows = ""
    for each in [*item.get("parameters", []), *operation.get("parameters", [])]:
        each = examples.resolved(each, document)
        must = ' <span class="must">required</span>' if each.get("required") else ""
        rows += (f'<tr><td><code>{escaped(each["name"])}</code> <span class="soft">{each["in"]}</span>{must}</td>'
                 f'<td>{schema_text(each["schema"])}{prose(each.get("description", ""))}</td></tr>')
    return f"<h3>Parameters</h3><table><tr><th>Name</th><th>Value</th></tr>{rows}</table>" if rows else ""


def response_rows(operation):
    rows, shown = "", ""
    for status, each in operation["responses"].items():
        links = ", ".join(f'<a href="/problems/{slug(word)}">{word.replace("_", " ")}</a>' for word in each.get("x-problems", []))
        schemas = ", ".join(dict.fromkeys(schema_text(content["schema"]) for content in each.get("content", {}).values()))
        heads = ", ".join(f"<code>{name}</code>" for name in each.get("headers", {}))
        rows += (f"<tr><td>{status}</td><td>{prose('' if each.get('x-common') else each['description'])}"
                 f"{schemas}{' · ' + heads if heads else ''}{'<br>' + links if links else ''}</td></tr>")
        for content in each.get("content", {}).values():
            if content.get("examples"):
                shown += f"<h3>Example of reply {status}</h3>{example_blocks(content)}"
    return f"<h3>Replies</h3><table>{rows}</table>{shown}"


def operation_block(document, path, method, item):
    operation = item[method]
    roles = "".join(f'<span class="role">{role}</span>' for role in operation["x-roles"])
    words = escaped(f'{method} {path} {operation["summary"]} {operation["operationId"]} {operation["tags"][0]}'.lower())
    body = ""
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        blocks = list(content.get("examples", {}).items())[:4]
        body += f'<h3>Request body, {escaped(media)}</h3><p>{schema_text(content["schema"])}</p>{example_blocks({"examples": dict(blocks)})}'
    return (f'<details class="op" id="{operation["operationId"]}" data-words="{words}"><summary><span class="verb {method}">{method.upper()}</span>'
            f'<code>{escaped(path)}</code><span class="what">{escaped(operation["summary"])}</span></summary><div class="inside">'
            f'{prose(operation.get("description", ""))}<p>{roles}</p>{parameter_rows(document, item, operation)}{body}{response_rows(operation)}</div></details>')


def operations_of(document, tag):
    return [(path, method, item) for path, item in document["paths"].items() for method in METHODS
            if method in item and item[method]["tags"] == [tag["name"]]]


def group_section(document, tag):
    blocks = "\n".join(operation_block(document, *each) for each in operations_of(document, tag))
    return (f'<section data-group id="{tag["name"]}"><h2>{escaped(tag["x-displayName"])}</h2>'
            f'<p class="soft">{marked(tag["description"])}</p>\n{blocks}\n</section>\n')


def group_menu(document, tag):
    rows = ""
    for path, method, item in operations_of(document, tag):
        words = escaped(f'{method} {path} {item[method]["summary"]} {item[method]["operationId"]} {tag["name"]} {tag["x-displayName"]}'.lower())
        rows += (f'<li data-words="{words}"><a href="#{item[method]["operationId"]}"><span class="verb {method}">{method.upper()}</span> '
                 f"{escaped(path)}</a></li>")
    return f'<div data-group><h2><a href="#{tag["name"]}">{escaped(tag["x-displayName"])}</a></h2><ul>{rows}</ul></div>\n'


def schema_section(document):
    return "\n".join(f'<details class="schema" id="schema-{name}"><summary><code>{name}</code></summary><div class="inside">'
                     f"{prose(each.get('description', ''))}{members(each)}</div></details>" for name, each in document["components"]["schemas"].items())


def problem_rows(problems):
    return "".join(f'<tr><td>{row["status"]}</td><td><a href="/problems/{slug(word)}">{word.replace("_", " ")}</a></td><td>{escaped(row["means"])}</td></tr>'
                   for word, row in sorted(problems.items(), key=lambda each: (each[1]["status"], each[0])))


def contents(document):
    """Where a reader goes first; on a phone the menu is closed and this is all there is of it."""
    places = [("authentication", "Authentication"), *((tag["name"], tag["x-displayName"]) for tag in document["tags"]),
              ("schemas", "Schemas"), ("problems", "Problems")]
    return '<p class="places">' + " ".join(f'<a href="#{place}">{escaped(name)}</a>' for place, name in places) + "</p>"


def reference(document, problems):
    info = document["info"]
    menu = "".join(group_menu(document, tag) for tag in document["tags"])
    sections = "".join(group_section(document, tag) for tag in document["tags"])
    body = (f'<a class="skip" href="#main">To the content</a>\n<p class="bar"><a href="#menu">Find a call</a></p>\n<div class="layout">\n'
            f'<nav id="menu" aria-label="Operations"><p class="bar"><a href="#main">Close</a></p>'
            f'<label for="filter">Filter <span class="soft key">(press /)</span></label><input id="filter" type="search" autocomplete="off">\n'
            f'<h2><a href="#authentication">Authentication</a></h2>\n{menu}<h2><a href="#schemas">Schemas</a></h2><h2><a href="#problems">Problems</a></h2></nav>\n'
            f'<main id="main"><h1>{escaped(info["title"])} <span class="soft">{escaped(info["version"])}</span></h1>'
            f'<p>{escaped(info["summary"])} The same as <a href="/openapi.json">OpenAPI 3.1</a>.</p>{contents(document)}\n'
            f'<section id="authentication"><h2>Authentication</h2>{prose(document["components"]["securitySchemes"]["bearer"]["description"])}</section>\n'
            f'<section id="rules"><h2>Rules for all calls</h2>{prose(info["description"])}</section>\n'
            f'{sections}<section id="schemas"><h2>Schemas</h2>\n{schema_section(document)}</section>\n'
            f'<section id="problems"><h2>Problems</h2><table><tr><th>Status</th><th>Type</th><th>Means</th></tr>{problem_rows(problems)}</table></section></main>\n</div>')
    return page("orderflow reference", body, f"<script>{SCRIPT}</script>\n")
