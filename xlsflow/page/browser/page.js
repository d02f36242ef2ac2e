// The page: takes files, hands them to the worker one after another, and shows what it says. Every sentence about a
// workbook comes from there; those of the page itself are in TEXTS.
"use strict";

const { texts: TEXTS, about: ABOUT, language: OWN_LANGUAGE } = JSON.parse(document.getElementById("part-page").textContent);
const SEVERITIES = ["error", "warning", "info"];
const byId = (id) => document.getElementById(id);

let lang = languageAsked();
const shown = new Set(SEVERITIES);
// Each file: id, file, state ("waiting", "checking", "checked", "stopped"), shown, copy (address of a blob) and name.
const files = [];
let worker = null;
let ready = false;
let failed = "";
let clock = 0;
let parts = null;

function languageAsked() {
  const asked = location.hash.slice(1);
  if (asked === "zh" || asked === "en") return asked;
  const first = navigator.language ?? "";
  return first ? (first.toLowerCase().startsWith("zh") ? "zh" : "en") : OWN_LANGUAGE;
}

const say = (key, facts = {}) =>
  TEXTS[key][lang].replace(/\{(\w+)\}/g, (_, name) => String(facts[name] ?? ""));

// --- what the page is made of ---

function bytesOf(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

async function part(name) {
  const element = byId(`part-${name}`);
  const packed = bytesOf(element.textContent.trim());
  element.remove();
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}

async function unpack() {
  const compiled = part("wasm").then((bytes) => WebAssembly.compile(bytes));
  const [code, zones, definitions, program] = await Promise.all(["code", "zones", "definitions", "worker"].map(part));
  return {
    program: URL.createObjectURL(new Blob([program], { type: "text/javascript" })),
    start: { kind: "start", module: await compiled, code, zones, definitions },
  };
}

// --- the worker ---

function startWorker() {
  ready = false;
  worker = new Worker(parts.program);
  worker.onmessage = ({ data }) => HEARD[data.kind](data);
  worker.onerror = (event) => HEARD.died({ why: event.message });
  worker.postMessage(parts.start);
}

function endWorker() {
  clearTimeout(clock);
  worker?.terminate();
  worker = null;
  startWorker();
}

const current = () => files.find((entry) => entry.state === "checking");

function next() {
  const entry = files.find((one) => one.state === "waiting");
  if (ready && entry && !current()) {
    entry.state = "checking";
    worker.postMessage({ kind: "check", id: entry.id, file: entry.file });
  }
  showState();
}

function finish(entry, result) {
  if (!entry) return;
  entry.state = "checked";
  entry.shown ??= result;
  entry.settled = true;
  showFile(entry);
}

const HEARD = {
  ready() {
    ready = true;
    next();
  },
  expected({ id, time, refused }) {
    const entry = files.find((one) => one.id === id);
    if (!entry) return;
    entry.refused = refused;
    clock = setTimeout(() => {
      finish(entry, refused.time);
      endWorker();
      next();
    }, time);
  },
  checked({ id, shown: result }) {
    const entry = files.find((one) => one.id === id);
    if (!entry) return;
    entry.shown = result;
    showFile(entry);
  },
  done({ id, copy, broken }) {
    clearTimeout(clock);
    const entry = files.find((one) => one.id === id);
    if (entry && copy) entry.copy = URL.createObjectURL(new Blob([copy], { type: entry.file.type }));
    finish(entry, null);
    if (broken) endWorker();
    next();
  },
  died({ why }) {
    const entry = current();
    console.error(why);
    // Without a file there is nothing that a fresh worker would do better.
    if (!ready) {
      failed = why || "no worker";
      clearTimeout(clock);
      worker?.terminate();
      showState();
      return;
    }
    finish(entry, entry?.refused?.died);
    endWorker();
    next();
  },
};

// --- what the reader does ---

let lastId = 0;

function add(chosen) {
  for (const file of chosen) {
    lastId += 1;
    files.push({ id: lastId, file, state: "waiting" });
  }
  showAll();
  next();
}

function stop() {
  const entry = current();
  for (const one of files) if (one.state === "waiting" || one === entry) one.state = "stopped";
  if (entry) endWorker();
  showAll();
}

function clear() {
  stop();
  for (const entry of files) if (entry.copy) URL.revokeObjectURL(entry.copy);
  files.length = 0;
  showAll();
  byId("files").focus();
}

async function copyText(text, button) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "hidden";
  document.body.append(area);
  area.select();
  // The clipboard of newer browsers is closed to files that were opened from a folder.
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) await navigator.clipboard?.writeText(text);
  byId("status").textContent = say("copied");
  button.focus();
}

const textOf = (entry) => entry.shown.text[lang];

// --- what is shown ---

function make(tag, options = {}, ...children) {
  const { dataset, ...rest } = options;
  const element = Object.assign(document.createElement(tag), rest);
  Object.assign(element.dataset, dataset ?? {});
  element.append(...children);
  return element;
}

function button(key, onclick) {
  return make("button", { type: "button", textContent: say(key), onclick });
}

function showState() {
  const left = files.filter((entry) => ["waiting", "checking"].includes(entry.state)).length;
  const entry = current();
  const busy = left > 0 || (!ready && !failed);
  const bar = byId("progress");
  bar.hidden = !busy;
  bar.setAttribute("aria-label", say("bar"));
  if (left > 0 && ready) {
    bar.max = files.length;
    bar.value = files.length - left;
  } else {
    bar.removeAttribute("value");
  }
  byId("stop").hidden = left === 0;
  byId("tools").hidden = !files.some((one) => one.shown);
  const facts = { file: entry?.file.name, done: files.length - left, all: files.length };
  byId("status").textContent = failed
    ? say("failed")
    : !ready
      ? say(left ? "preparing_with_files" : "preparing", facts)
      : left
        ? say("checking", facts)
        : files.length
          ? say("finished", facts)
          : say("ready");
}

function showFilter() {
  const counts = (severity) => files.reduce((sum, entry) => sum + (entry.shown?.counts[severity] ?? 0), 0);
  for (const severity of SEVERITIES) {
    const box = byId(`filter-${severity}`);
    box.nextSibling.textContent = ` ${say(severity)} (${counts(severity)})`;
  }
}

function gravest(entry) {
  if (entry.shown.status === "refused") return entry.shown.counts.error ? "error" : "refused";
  return SEVERITIES.find((severity) => entry.shown.counts[severity]) ?? "ok";
}

function group(found) {
  const sign = make("span", { className: `sign ${found.severity}` });
  sign.append(
    make("span", { textContent: found.sign, ariaHidden: "true" }),
    make("span", { className: "hidden", textContent: say(found.severity) }),
  );
  return make(
    "li",
    { dataset: { severity: found.severity } },
    sign,
    make("span", { className: "cells", textContent: found.cells }),
    make("span", { className: "message", textContent: found.message[lang] }),
  );
}

function sheets(entry) {
  return entry.shown.sheets.flatMap(({ sheet, groups }) => {
    const visible = groups.filter((found) => shown.has(found.severity));
    if (!visible.length) return [];
    return [make("h3", { textContent: sheet || say("whole_file") }), make("ul", {}, ...visible.map(group))];
  });
}

function actions(entry) {
  const list = make("div", { className: "actions" });
  if (entry.copy) {
    const link = make("a", { className: "button", href: entry.copy, download: entry.file.name, textContent: say("download") });
    link.setAttribute("aria-label", say("download_of", { file: entry.file.name }));
    list.append(link);
  }
  const copy = button("copy", () => copyText(textOf(entry), copy));
  copy.setAttribute("aria-label", say("copy_of", { file: entry.file.name }));
  list.append(copy);
  return list;
}

function section(entry) {
  const element = make("section", { className: "file", id: `file-${entry.id}` });
  if (!entry.shown) {
    element.append(make("h2", { textContent: entry.file.name }), make("p", { className: "note", textContent: say(entry.state) }));
    return element;
  }
  element.classList.add(gravest(entry));
  element.append(
    make("header", {}, make("div", {}, make("h2", { textContent: entry.shown.title[lang] })), actions(entry)),
    ...sheets(entry),
  );
  if (entry.settled && entry.copy) element.append(make("p", { className: "note", textContent: say("after_download") }));
  return element;
}

function showFile(entry) {
  const before = byId(`file-${entry.id}`);
  const element = section(entry);
  if (before) before.replaceWith(element);
  else byId("results").append(element);
  showFilter();
}

function showAll() {
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  document.title = `${say("title")} · ${ABOUT.project[lang]}`;
  for (const key of ["title", "private", "choose", "hint", "stop", "clear", "print"]) byId(key).textContent = say(key);
  byId("about").textContent = [ABOUT.project, ABOUT.round, ABOUT.region].filter(Boolean).map((text) => text[lang]).join(" · ");
  byId("made").textContent = say("made", { version: ABOUT.version });
  byId("copy-all").textContent = say("copy_all");
  byId("filter-title").textContent = say("filter");
  byId("languages").setAttribute("aria-label", say("language"));
  for (const one of byId("languages").children) one.setAttribute("aria-pressed", String(one.dataset.lang === lang));
  byId("results").replaceChildren(...files.map(section));
  showFilter();
  showState();
}

function setUp() {
  for (const severity of SEVERITIES) {
    const box = make("input", { type: "checkbox", id: `filter-${severity}`, checked: true });
    box.onchange = () => {
      shown[box.checked ? "add" : "delete"](severity);
      byId("results").replaceChildren(...files.map(section));
    };
    byId("filter").append(make("label", {}, box, document.createTextNode("")));
  }
  for (const one of byId("languages").children) {
    one.onclick = () => {
      lang = one.dataset.lang;
      showAll();
    };
  }
  byId("files").onchange = ({ target }) => {
    add([...target.files]);
    target.value = "";
  };
  byId("stop").onclick = stop;
  byId("clear").onclick = clear;
  byId("print").onclick = () => window.print();
  byId("copy-all").onclick = ({ target }) =>
    copyText(files.filter((entry) => entry.shown).map(textOf).join("\n"), target);
  // Anywhere on the page: a file that misses the field would otherwise replace the page.
  addEventListener("dragover", (event) => {
    event.preventDefault();
    byId("drop").classList.add("over");
  });
  addEventListener("dragleave", () => byId("drop").classList.remove("over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    byId("drop").classList.remove("over");
    add([...event.dataTransfer.files]);
  });
  showAll();
}

setUp();
try {
  parts = await unpack();
  startWorker();
} catch (error) {
  failed = String(error);
  console.error(error);
  showState();
}
