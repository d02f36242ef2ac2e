// Compiles Python sources for the Python of a runtime: node compile.mjs FOLDER SOURCES.zip COMPILED.zip
import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [folder, sources, compiled] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: `${folder}/`, env: { HOME: "/home", PYTHONHASHSEED: "0" } });
python.FS.writeFile("/sources.zip", await readFile(sources));
// Stored: the page compresses the whole, and the browser need not unpack module by module.
python.runPython(`
import importlib._bootstrap_external as imports, zipfile

with zipfile.ZipFile("/sources.zip") as sources, zipfile.ZipFile("/compiled.zip", "w", zipfile.ZIP_STORED) as target:
    for name in sources.namelist():
        data = sources.read(name)
        if name.endswith(".py"):
            code = compile(data, name, "exec", dont_inherit=True, optimize=2)
            name, data = f"{name}c", imports._code_to_hash_pyc(code, bytes(8), False)
        target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
`);
await writeFile(compiled, python.FS.readFile("/compiled.zip"));
