// Comfort only: the page is complete without it. Sortable columns, filters, tooltips, copy buttons, the current place in the contents.
"use strict";
(() => {
  const value = (row, column, numeric) => {
    const cell = row.cells[column];
    const text = cell.dataset.value ?? cell.textContent.trim();
    return numeric ? (Number.isNaN(parseFloat(text)) ? null : parseFloat(text)) : text;
  };
  const sort = (heading, column) => {
    const numeric = heading.dataset.sort === "number";
    const descending = heading.getAttribute("aria-sort") ? heading.getAttribute("aria-sort") === "ascending" : numeric;
    for (const other of heading.parentNode.cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const body = heading.closest("table").tBodies[0];
    const rows = [...body.rows].map((row) => [value(row, column, numeric), row]);
    rows.sort(([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null);
      const order = numeric ? a - b : a < b ? -1 : a > b ? 1 : 0;
      return descending ? -order : order;
    });
    body.append(...rows.map(([, row]) => row));
  };
  for (const heading of document.querySelectorAll("th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sort(heading, heading.cellIndex));
  }

  // A long table gets a box whose words a row must all hold; headings of groups stay.
  const longTable = 12;
  for (const table of document.querySelectorAll("main table")) {
    const rows = [...table.querySelectorAll("tbody tr:not(.group)")];
    if (rows.length <= longTable) continue;
    const box = document.createElement("input");
    box.type = "search";
    box.className = "filter";
    box.placeholder = "Filter rows";
    box.setAttribute("aria-label", `Filter rows of: ${table.caption?.textContent ?? "table"}`);
    const found = document.createElement("output");
    found.className = "found";
    box.addEventListener("input", () => {
      const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        if (!row.hidden) ++shown;
      }
      found.textContent = words.length > 0 ? `${shown} of ${rows.length} rows` : "";
    });
    table.parentNode.before(box, found);
  }

  // One tooltip for titles of the page and of marks in figures: at once, wrapped, on focus too, and gone with Escape. While it is shown,
  // the title is taken away, or the browser would show it as well.
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  document.body.append(tip);
  let giveBack = () => {};
  const hide = () => {
    tip.hidden = true;
    giveBack();
    giveBack = () => {};
  };
  const titled = (from) => {
    for (let at = from; at instanceof Element && !at.matches("svg[role=img], main"); at = at.parentNode) {
      const title = at instanceof SVGElement ? at.querySelector(":scope > title") : null;
      if (at.title || title) return [at, title];
    }
    return null;
  };
  const show = (from) => {
    hide();
    const found = titled(from);
    if (!found) return;
    const [mark, title] = found;
    tip.textContent = title ? title.textContent : mark.title;
    if (title) {
      title.textContent = "";
      giveBack = () => { title.textContent = tip.textContent; };
    } else {
      mark.removeAttribute("title");
      giveBack = () => { mark.title = tip.textContent; };
    }
    tip.hidden = false;
    const at = mark.getBoundingClientRect();
    const above = at.top - tip.offsetHeight - 8;
    tip.style.left = `${Math.max(8, Math.min(at.left, innerWidth - tip.offsetWidth - 8))}px`;
    tip.style.top = `${above > 8 ? above : at.bottom + 8}px`;
  };
  addEventListener("pointerover", (event) => show(event.target));
  addEventListener("focusin", (event) => show(event.target));
  addEventListener("focusout", hide);
  addEventListener("scroll", hide, { passive: true, capture: true });
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });

  for (const button of document.querySelectorAll("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const code = button.parentNode.querySelector("code");
      let done = true;
      try {
        await navigator.clipboard.writeText(code.textContent);
      } catch {
        const range = document.createRange();
        range.selectNodeContents(code);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        done = document.execCommand("copy");
      }
      button.textContent = done ? "Copied" : "Press Ctrl+C";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }

  const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
  const sections = [...document.querySelectorAll("main > section")];
  const mark = () => {
    let current = sections[0];
    for (const section of sections) if (section.getBoundingClientRect().top < innerHeight / 3) current = section;
    for (const [id, link] of links) {
      if (id === current.id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  if (sections.length > 0) {
    addEventListener("scroll", mark, { passive: true });
    mark();
  }
})();
