// The HTML report in a browser: sort, filter and search its lists, show the row that a line is about, light and dark.
// Without this script the page is complete but for rows beyond those written into it.
"use strict";
(() => {
  const words = JSON.parse(document.getElementById("words").textContent);
  const sources = JSON.parse(document.getElementById("sources").textContent);
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const STEP = 100;

  // A column is written with each text once; a row has the number of its text.
  const unpack = (column) => (column.texts ? column.at.map((n) => (n < 0 ? null : column.texts[n])) : column.at);

  const shown = (value, format) => {
    if (value === null) return "";
    if (format === "percent" && typeof value === "number") return Math.round(value * 100) + "%";
    if (format === "datetime") return String(value).replace("T", " ").slice(0, 16);
    return String(value);
  };

  // Blank values come last in either direction.
  const compare = (a, b, sign) => {
    if (a === null || b === null) return (a === null) - (b === null);
    if (typeof a === "number" && typeof b === "number") return sign * (a - b);
    return sign * collator.compare(String(a), String(b));
  };

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const dialog = document.getElementById("source");
  const showSource = (source, opener) => {
    const block = sources[source[0]];
    const values = block && block.rows[source[1]];
    dialog.querySelector("h2").textContent = block ? block.title : "";
    const list = dialog.querySelector("dl");
    list.replaceChildren();
    if (values) {
      values.forEach((value, n) => {
        if (value !== null && value !== "") {
          list.append(element("dt", { textContent: block.columns[n][0] }),
            element("dd", { textContent: shown(value, block.columns[n][1]) }));
        }
      });
    } else {
      list.append(element("dd", { textContent: words.elsewhere }));
    }
    dialog.addEventListener("close", () => opener.focus(), { once: true });
    dialog.showModal();
  };

  class List {
    constructor(section) {
      this.section = section;
      const data = JSON.parse(section.querySelector("script").textContent);
      this.columns = data.columns.map((column) => ({
        ...column, values: unpack(column), marks: column.marks && column.marks.map((n) => (n < 0 ? "" : data.marks[n])),
      }));
      this.source = data.source;
      this.link = data.link;
      this.count = data.count;
      this.body = section.querySelector("tbody");
      this.box = section.querySelector(".scroll");
      this.rows = Array.from({ length: this.count }, (_, n) => n);
      this.texts = null;
      this.chosen = new Map();
      this.sorted = null;
      this.tools();
      this.heads();
      this.more = element("button", { type: "button", className: "more", hidden: true });
      this.more.addEventListener("click", () => this.extend());
      this.box.after(this.more);
      // Rows are made as they are needed: a list may have a hundred thousand.
      this.box.addEventListener("scroll", () => {
        if (this.box.scrollTop + 2 * this.box.clientHeight > this.box.scrollHeight) this.extend();
      });
      this.redraw();
    }

    tools() {
      this.search = element("input", { type: "search", placeholder: words.searchHint });
      this.search.setAttribute("aria-label", words.search + " · " + this.section.dataset.title);
      this.search.addEventListener("input", () => this.filter());
      this.state = element("output", {});
      this.state.setAttribute("aria-live", "polite");
      const tools = element("div", { className: "tools" }, this.search);
      this.columns.forEach((column, n) => {
        const distinct = column.filter ? [...new Set(column.values)].filter((value) => value !== null) : [];
        if (distinct.length < 2 || distinct.length > 400) return;
        const select = element("select", {}, element("option", { value: "", textContent: words.all }));
        distinct.sort((a, b) => compare(a, b, 1));
        distinct.forEach((value) => select.append(element("option", { textContent: shown(value, column.format) })));
        select.addEventListener("change", () => {
          if (select.value) this.chosen.set(n, select.value);
          else this.chosen.delete(n);
          this.filter();
        });
        tools.append(element("label", {}, column.title, select));
      });
      tools.append(this.state);
      this.box.before(tools);
    }

    heads() {
      this.cells = [...this.section.querySelectorAll("thead th")];
      this.cells.forEach((cell, n) => {
        const button = element("button", { type: "button", textContent: cell.textContent });
        button.addEventListener("click", () => this.sort(n));
        cell.replaceChildren(button);
      });
    }

    filter() {
      const wanted = this.search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      if (wanted.length && !this.texts) {
        this.texts = Array.from({ length: this.count }, (_, row) =>
          this.columns.map((column) => shown(column.values[row], column.format)).join("\n").toLowerCase());
      }
      this.rows = [];
      for (let row = 0; row < this.count; row += 1) {
        if (wanted.every((word) => this.texts[row].includes(word))
          && [...this.chosen].every(([n, value]) => shown(this.columns[n].values[row], this.columns[n].format) === value)) {
          this.rows.push(row);
        }
      }
      this.arrange();
    }

    sort(n) {
      // Up, down, then the order of the report again.
      const next = { none: "ascending", ascending: "descending", descending: "none" };
      const order = next[this.cells[n].getAttribute("aria-sort") || "none"];
      this.cells.forEach((cell) => cell.removeAttribute("aria-sort"));
      if (order !== "none") this.cells[n].setAttribute("aria-sort", order);
      this.sorted = order === "none" ? null : { values: this.columns[n].values, sign: order === "ascending" ? 1 : -1 };
      this.arrange();
    }

    arrange() {
      const sorted = this.sorted;
      this.rows.sort((a, b) => (sorted && compare(sorted.values[a], sorted.values[b], sorted.sign)) || a - b);
      this.redraw();
    }

    redraw() {
      this.body.replaceChildren();
      this.drawn = 0;
      this.box.scrollTop = 0;
      this.extend();
      this.state.textContent = words.count.replace("{n}", this.rows.length).replace("{all}", this.count);
    }

    extend() {
      const end = Math.min(this.drawn + STEP, this.rows.length);
      const rows = this.rows.slice(this.drawn, end).map((row) => this.row(row));
      this.drawn = end;
      this.body.append(...rows);
      const left = this.rows.length - end;
      this.more.hidden = !left;
      this.more.textContent = words.more.replace("{n}", left);
    }

    row(row) {
      const cells = this.columns.map((column, n) => {
        const cell = element("td", { className: column.look });
        const mark = column.marks && column.marks[row];
        const value = column.values[row];
        const text = shown(value, column.format);
        if (mark) cell.classList.add("m-" + mark);
        if (column.format === "percent" && value > 0) cell.style.setProperty("--share", value * 100 + "%");
        if (n === this.link && this.source && this.source[row] && text) {
          const button = element("button", { type: "button", textContent: text });
          button.addEventListener("click", () => showSource(this.source[row], button));
          cell.append(button);
        } else {
          cell.textContent = text;
        }
        return cell;
      });
      return element("tr", {}, ...cells);
    }
  }

  document.body.classList.add("live");
  const lists = [...document.querySelectorAll("section.list")].map((section) => new List(section));

  // "/" goes to the search of the list in view, as in many tools; Escape leaves a search and empties it.
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, select, textarea");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const top = (list) => Math.abs(list.section.getBoundingClientRect().top);
      const nearest = lists.reduce((a, b) => (top(b) < top(a) ? b : a));
      event.preventDefault();
      nearest.search.focus();
    }
    if (event.key === "Escape" && event.target.matches("input[type=search]")) {
      event.target.value = "";
      event.target.dispatchEvent(new Event("input"));
      event.target.blur();
    }
  });

  const theme = element("button", { type: "button" });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const name = () => { theme.textContent = isDark() ? words.light : words.dark; };
  theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; name(); });
  dark.addEventListener("change", name);
  name();
  document.querySelector("header").append(theme);
})();
