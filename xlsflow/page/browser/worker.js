// Checks files, one at a time. It may be ended over any of them; the page then starts another one.
"use strict";

// Pyodide takes a worker that can do this for one that it does not support.
self.importScripts = undefined;

let checker = null;
let memoryLimit = Infinity;
const PAGE_OF_MEMORY = 65536;

// Python asks for more memory through this, and raises MemoryError where it gets none.
const growMemory = WebAssembly.Memory.prototype.grow;
WebAssembly.Memory.prototype.grow = function grow(pages) {
  if (this.buffer.byteLength + pages * PAGE_OF_MEMORY > memoryLimit) throw new RangeError("limit of memory");
  return growMemory.call(this, pages);
};

async function start({ module, code, zones, definitions }) {
  // Pyodide fetches its parts by name. They came with the page, and there is no network.
  self.fetch = async (address) => {
    const name = String(address).split("/").pop();
    if (name === "pyodide.asm.wasm") return new Response(null);
    if (name === "python_stdlib.zip") return new Response(code);
    throw new TypeError(`not part of the page: ${name}`);
  };
  WebAssembly.instantiateStreaming = async (_, imports) => ({
    instance: await WebAssembly.instantiate(module, imports),
    module,
  });
  const python = await loadPyodide({
    indexURL: "https://page.invalid/",
    packageBaseUrl: "https://page.invalid/",
    lockFileContents: JSON.stringify(lock),
    createPyodideModule: _createPyodideModule,
    env: { HOME: "/home", PYTHONHASHSEED: "0", PYTHONTZPATH: "/zones" },
  });
  python.unpackArchive(zones, "zip", { extractDir: "/zones" });
  python.FS.mkdir("/in");
  const { PageChecker } = python.pyimport("xlsflow.pipeline.page.check_in_page");
  checker = PageChecker.loaded(python.toPy(definitions));
  self.python = python;
  self.heapBytes = () => python._module.HEAPU8.length;
}

async function check(id, file) {
  const expected = JSON.parse(checker.expected(file.name, file.size));
  self.postMessage({ kind: "expected", id, ...expected });
  memoryLimit = expected.memory;
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    // Moved, deleted, or open in a program that shares it with nobody; a folder is no file either.
    self.postMessage({ kind: "checked", id, shown: expected.refused.unreadable });
    self.postMessage({ kind: "done", id, copy: null, broken: false });
    return;
  }
  const { FS } = self.python;
  // The file is read from where it is: only what a workbook asks for is ever in memory.
  FS.mount(FS.filesystems.WORKERFS, { files: [file] }, "/in");
  try {
    const shown = JSON.parse(checker.check(`/in/${file.name}`, new Date().toISOString()));
    self.postMessage({ kind: "checked", id, shown });
    const marked = checker.mark();
    const copy = marked ? marked.toJs() : null;
    marked?.destroy();
    self.postMessage({ kind: "done", id, copy, broken: shown.broken }, copy ? [copy.buffer] : []);
  } finally {
    FS.unmount("/in");
    memoryLimit = Infinity;
  }
}

self.onmessage = async ({ data }) => {
  try {
    if (data.kind === "start") {
      await start(data);
      self.postMessage({ kind: "ready" });
    } else {
      await check(data.id, data.file);
    }
  } catch (error) {
    self.postMessage({ kind: "died", why: `${error?.stack ?? error}` });
  }
};
