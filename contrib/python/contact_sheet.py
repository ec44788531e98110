"""Draws public process files with genplugin-images and puts each picture beside others of the same file.

contact_sheet.py PLUGIN CORPUS OUTPUT; see contrib/contact-sheet."""
import base64, hashlib, io, json, pathlib, shutil, subprocess, sys
import xml.etree.ElementTree as XML
from PIL import Image, ImageDraw, ImageFont

CELL, HEAD, ROWS = (1000, 660), 26, 3


class Host:
    """Plays genworker and the broker for one plugin process."""

    def __init__(self, plugin):
        self.process = subprocess.Popen([plugin], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.last = 0
        limits = {"line_bytes_max": 1048576, "inline_data_bytes_max": 262144, "read_bytes_max": 32768}
        self.call("initialize", {"protocol": 1, "kind": "images", "limits": limits})

    def send(self, message):
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self.process.stdin.flush()

    def call(self, method, params):
        """The answer to a call; what the plugin asks meanwhile is answered."""
        self.last += 1
        self.send({"id": self.last, "method": method, "params": params})
        while True:
            line = json.loads(self.process.stdout.readline())
            if "method" in line:
                result = getattr(self, line["method"])(line.get("params", {}))
                if "id" in line: self.send({"id": line["id"], "result": result})
            elif line["id"] == self.last:
                return line

    def job(self, name, data, options):
        """Plans the pictures of one file and makes them all: path → bytes."""
        self.input, self.data, self.files, self.tasks = name, data, {}, []
        self.task({"key": "plan", "op": "plan", "payload": {}}, options)
        for task in list(self.tasks): self.task(task, options)
        return self.files

    def task(self, task, options):
        call = {"job": 1, "kind": "images", "title": "", "outputs": [], "attempt": 1, "missing_needs": [], **task, "options": options}
        call = {key: call[key] for key in ["job", "key", "kind", "op", "title", "payload", "options", "outputs", "attempt", "missing_needs"]}
        answer = self.call("generate", {"task": call, "done": [], "done_more": False, "model": False})
        if "error" in answer: raise RuntimeError(answer["error"]["message"])
        missing = [path for path in call["outputs"] if path not in self.files]
        if missing: raise RuntimeError(f"not made: {missing}")

    def inputs(self, _):
        sha = hashlib.sha256(self.data).hexdigest()
        return {"inputs": [{"name": self.input, "sha256": sha, "size": len(self.data), "media_type": "application/xml"}], "more": False}

    def read(self, ask):
        end = ask["offset"] + ask["length"]
        piece = self.data[ask["offset"]:end]
        return {"data": base64.b64encode(piece).decode(), "size": len(self.data), "eof": end >= len(self.data)}

    def result(self, file):
        if "text" in file: data = file["text"].encode()
        elif "data" in file: data = base64.b64decode(file["data"])
        else: data = pathlib.Path(file["file"]).read_bytes()
        self.files[file["path"]] = data
        return {"path": file["path"], "version": 1}

    def spawn(self, ask):
        self.tasks += ask["tasks"]
        return {"added": len(ask["tasks"]), "existing": 0}

    def progress(self, _): pass
    def log(self, ask): print(f"  {self.input}: {ask['text']}")


def sized(image):
    """The picture in a cell, on white, never enlarged."""
    cell = Image.new("RGB", CELL, "#e8eaee")
    copy = Image.new("RGB", image.size, "white")
    copy.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    copy.thumbnail((CELL[0] - 12, CELL[1] - 12), Image.LANCZOS)
    cell.paste(copy, ((CELL[0] - copy.width) // 2, (CELL[1] - copy.height) // 2))
    return cell


def readable(path):
    """The path when it is a picture that can be opened."""
    try: return path if path.exists() and Image.open(path).size else None
    except OSError: return None


def others(corpus, model, number, count):
    """The pictures of the author and of bpmn-js, as far as there are any."""
    stem = model.name.removesuffix(".xml").removesuffix(".bpmn20").removesuffix(".bpmn")
    author = [corpus / "ref" / f"{stem}.png"] if number == 1 else []
    name = str(model.relative_to(corpus)).replace("/", "__")
    numbers = [corpus / "ref-bpmnjs" / f"{name}.{number}.png"] + ([corpus / "ref-bpmnjs" / f"{name}.png"] if number == 1 else [])
    return [next((path for path in paths if readable(path)), None) for paths in (author, numbers)]


def check(files):
    """What is wrong with the files of a job."""
    for path, data in files.items():
        if not path.endswith(".svg"): continue
        root = XML.fromstring(data)
        width, height = float(root.get("width")), float(root.get("height"))
        png = Image.open(io.BytesIO(files[path.removesuffix(".svg") + ".png"]))
        png.load()
        scale = png.width / width
        if abs(png.height - height * scale) > 1 or png.width < 2: yield f"{path}: {png.size} for {width} × {height}"


def main(plugin, corpus, output):
    shutil.rmtree(output, ignore_errors=True)
    host, rows, faults, pictures = Host(plugin), [], [], 0
    models = sorted(path for path in corpus.rglob("*") if path.name.endswith((".bpmn", ".bpmn20.xml")))
    for model in models:
        try:
            files = host.job(model.name, model.read_bytes(), {})
        except RuntimeError as error:
            if "malformed" in str(model): print(f"{model.relative_to(corpus)}: refused: {error}")
            else: faults.append(f"{model.relative_to(corpus)}: {error}")
            continue
        faults += check(files)
        pictures += len(files)
        for path, data in files.items(): (output / path).parent.mkdir(parents=True, exist_ok=True), (output / path).write_bytes(data)
        whole = [path for path in files if "/diagram-" in path and path.endswith(".png")]
        print(f"{model.relative_to(corpus)}: {len(whole)} diagrams, {len(files)} files")
        for number, path in enumerate(whole, 1):
            rows.append((f"{model.relative_to(corpus)} {number}", [output / path] + others(corpus, model, number, len(whole))))
    font = ImageFont.truetype("LiberationSans-Regular.ttf", 16)
    for page in range(0, len(rows), ROWS):
        sheet = Image.new("RGB", (CELL[0] * 3, (CELL[1] + HEAD) * len(rows[page:page + ROWS])), "white")
        draw = ImageDraw.Draw(sheet)
        for index, (name, paths) in enumerate(rows[page:page + ROWS]):
            top = index * (CELL[1] + HEAD)
            for column, (whose, path) in enumerate(zip(("genbroker", "author", "bpmn-js"), paths)):
                draw.text((column * CELL[0] + 8, top + 4), f"{whose}: {name}" if path else f"{whose}: no picture", "black", font)
                if path: sheet.paste(sized(Image.open(path)), (column * CELL[0], top + HEAD))
        sheet.save(output / f"sheet-{page // ROWS + 1:02}.png")
    for fault in faults: print(f"FAULT {fault}")
    print(f"{len(models)} models, {pictures} files, {len(rows)} diagrams compared, {len(faults)} faults: {output}")
    return 1 if faults else 0


Image.MAX_IMAGE_PIXELS = None
sys.exit(main(sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(sys.argv[3])))
