// Without this script the page shows everything; with it the contents list follows the reader,
// folds on a narrow screen, and tables can be sorted.

const contents = document.querySelector("nav details");
const wide = window.matchMedia("(min-width: 64rem)");
const fold = () => { contents.open = wide.matches; };
fold();
wide.addEventListener("change", fold);
contents.addEventListener("click", (event) => {
  if (event.target.closest("a") && !wide.matches) contents.open = false;
});
contents.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !wide.matches) {
    contents.open = false;
    contents.querySelector("summary").focus();
  }
});

const links = [...contents.querySelectorAll("ol a")];
const headings = links.map((link) => document.getElementById(link.hash.slice(1)));
const here = document.createElement("span"); // names the section on a narrow screen
here.className = "here";
here.ariaHidden = "true";
contents.querySelector("summary").append(here);
let current = -1;
let waiting = false;
function mark() {
  waiting = false;
  const edge = window.innerHeight / 4;
  const atEnd = window.scrollY > 0
    && window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
  const passed = headings.filter((heading) => heading.getBoundingClientRect().top < edge).length;
  const now = atEnd ? links.length - 1 : passed - 1;
  if (now === current) return;
  links[current]?.removeAttribute("aria-current");
  current = now;
  const link = links[current];
  here.textContent = link ? link.textContent : "";
  if (!link) return;
  link.setAttribute("aria-current", "location");
  // Keep it in sight within a list that is longer than the window, without moving the page.
  const [list, mine] = [contents.parentElement.getBoundingClientRect(), link.getBoundingClientRect()];
  if (mine.top < list.top || mine.bottom > list.bottom) {
    contents.parentElement.scrollTop += mine.top - list.top - list.height / 2;
  }
}
window.addEventListener("scroll", () => {
  if (!waiting) { waiting = true; requestAnimationFrame(mark); }
}, { passive: true });
mark();

// A heading of a sortable table becomes a button: upwards, downwards, as it was.
const NEXT = { none: "ascending", ascending: "descending", descending: "none" };
const NUMBER = /^[+−±]?[\d,]+(\.\d+)?/;
function key(row, column) {
  const text = row.cells[column].textContent.trim();
  const number = text.match(NUMBER);
  return number ? Number(number[0].replace(/[,+±]/g, "").replace("−", "-")) : text;
}
function compare(a, b) {
  if (typeof a === typeof b) return typeof a === "number" ? a - b : a.localeCompare(b);
  return typeof a === "number" ? -1 : 1; // what is no number comes last
}
function sort(table, column, order) {
  for (const body of table.tBodies) {
    body.original ??= [...body.rows];
    const [head, rest] = [
      body.original.filter((row) => row.cells.length === 1),
      body.original.filter((row) => row.cells.length > 1),
    ];
    if (order !== "none") {
      const sign = order === "ascending" ? 1 : -1;
      rest.sort((a, b) => sign * compare(key(a, column), key(b, column)));
    }
    body.append(...head, ...rest);
  }
}
for (const table of document.querySelectorAll("table.sortable")) {
  const columns = table.querySelectorAll("thead [scope=col]");
  columns.forEach((heading, place) => {
    const column = Number(heading.dataset.column ?? place); // in a head of two rows places differ
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const order = NEXT[heading.getAttribute("aria-sort") ?? "none"];
      for (const other of columns) other.removeAttribute("aria-sort");
      if (order !== "none") heading.setAttribute("aria-sort", order);
      sort(table, column, order);
    });
  });
}
