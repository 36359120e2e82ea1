// Take it home: tables as CSV, Markdown or LaTeX, figures as SVG or PNG, links to copy. All of it
// is made from what the page itself holds.

const kept = JSON.parse(document.getElementById("tables").textContent);
const say = (words) => { document.getElementById("said").textContent = words; };

function save(name, content, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  say(`Saved ${name}`);
}

// --- Tables --------------------------------------------------------------------------------

// The cells as text, a row of the head for each of its rows, cells that span repeated or blank.
function grid(table) {
  const rows = [];
  const heads = table.tHead.rows.length;
  [...table.tHead.rows, ...[...table.tBodies].flatMap((body) => [...body.rows])].forEach((row, at) => {
    rows[at] ??= [];
    let column = 0;
    for (const cell of row.cells) {
      while (rows[at][column] !== undefined) column += 1;
      const words = cell.textContent.replace(/\s+/g, " ").trim();
      for (let down = 0; down < cell.rowSpan; down += 1) {
        rows[at + down] ??= [];
        for (let across = 0; across < cell.colSpan; across += 1) {
          const first = down === 0 && across === 0;
          rows[at + down][column + across] = first || (at < heads && down === 0) ? words : "";
        }
      }
      column += cell.colSpan;
    }
  });
  return { heads, rows };
}
// Names of columns: both rows of a head in one, as in "Test accuracy, %: this run".
function names({ heads, rows }) {
  return rows[0].map((_, column) => [...new Set(
    rows.slice(0, heads).map((row) => row[column]).filter(Boolean),
  )].join(": "));
}
const WRITE = {
  csv(all) {
    const quoted = (words) => (/[",\n]/.test(words) ? `"${words.replaceAll('"', '""')}"` : words);
    return [names(all), ...all.rows.slice(all.heads)].map((row) => `${row.map(quoted).join(",")}\n`).join("");
  },
  md(all) {
    const cell = (words) => words.replace(/[\\|*_`<\[\]]/g, "\\$&");
    const line = (row) => `| ${row.map(cell).join(" | ")} |\n`;
    const head = names(all);
    return line(head) + `|${head.map(() => " --- |").join("")}\n` + all.rows.slice(all.heads).map(line).join("");
  },
  // For a document with \usepackage{booktabs} and UTF-8, which LaTeX takes for granted since 2018.
  tex(all, caption) {
    const special = {
      "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
      "−": "$-$", "±": "$\\pm$", "×": "$\\times$", "→": "$\\to$", "≥": "$\\geq$", "≤": "$\\leq$",
      "·": "$\\cdot$", "μ": "$\\mu$", "σ": "$\\sigma$", "²": "$^2$", "γ": "$\\gamma$",
      "β": "$\\beta$", "ε": "$\\varepsilon$", "δ": "$\\delta$", "α": "$\\alpha$",
      "–": "--", "—": "---", "…": "\\dots{}", "“": "``", "”": "''", "’": "'", "†": "\\dag{}",
      "°": "$^\\circ$", "✓": "$\\surd$", "✗": "$\\times$", "<": "\\textless{}", ">": "\\textgreater{}",
      "|": "\\textbar{}", "\u00a0": "~", "\u2009": "\\,", "\u202f": "\\,",
    };
    const escape = (words) => words
      .replace(/[\\~^−±×→≥≤·μσ²γβεδα–—…“”’†°✓✗<>|\u00a0\u2009\u202f]|[&%$#_{}]/g, (c) => special[c] ?? `\\${c}`);
    const line = (row) => `${row.map(escape).join(" & ")} \\\\\n`;
    return `\\begin{table}\n\\caption{${escape(caption)}}\n`
      + `\\begin{tabular}{l${"r".repeat(all.rows[0].length - 1)}}\n\\toprule\n${line(names(all))}\\midrule\n`
      + `${all.rows.slice(all.heads).map(line).join("")}\\bottomrule\n\\end{tabular}\n\\end{table}\n`;
  },
};
const TYPES = { csv: "text/csv", md: "text/markdown", tex: "application/x-tex" };

for (const box of document.querySelectorAll("details.save")) {
  box.hidden = false;
  const table = box.previousElementSibling.querySelector("table");
  const name = table.caption.textContent.split(".")[0].toLowerCase().replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "").slice(0, 50);
  box.addEventListener("click", (event) => {
    const { save: format, file } = event.target.dataset;
    if (file) save(file, kept[file], "text/csv");
    if (format) save(`${name}.${format}`, WRITE[format](grid(table), table.caption.textContent), TYPES[format]);
  });
}
for (const button of document.querySelectorAll("[data-file]")) {
  if (!button.closest("details.save")) {
    button.hidden = false;
    button.addEventListener("click", () => save(button.dataset.file, kept[button.dataset.file], "text/csv"));
  }
}

// --- Figures -------------------------------------------------------------------------------

const bytes = (url) => Uint8Array.from(atob(url.slice(url.indexOf(",") + 1)), (c) => c.charCodeAt(0));
const blob = (url) => new Blob([bytes(url)], { type: url.slice(5, url.indexOf(";")) });

// The drawing as a bitmap of twice its size on the page.
async function bitmap(image) {
  const drawn = new Image();
  drawn.src = image.src;
  await drawn.decode();
  const canvas = document.createElement("canvas");
  canvas.width = 2 * image.getAttribute("width");
  canvas.height = 2 * image.getAttribute("height");
  canvas.getContext("2d").drawImage(drawn, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => { canvas.toBlob(done, "image/png"); });
}
// A sheet of images and words as it lies on the page, in twice its size, on white paper.
function sheet(list) {
  const frame = list.getBoundingClientRect();
  const canvas = document.createElement("canvas");
  canvas.width = 2 * frame.width;
  canvas.height = 2 * frame.height;
  const paper = canvas.getContext("2d");
  paper.fillStyle = "#fff";
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.scale(2, 2);
  paper.imageSmoothingEnabled = false;
  paper.fillStyle = "#000";
  paper.textBaseline = "middle";
  for (const part of list.querySelectorAll("img, p")) {
    const { left, top, width, height } = part.getBoundingClientRect();
    const [x, y] = [left - frame.left, top - frame.top];
    paper.font = getComputedStyle(part).font;
    if (part.matches("img")) paper.drawImage(part, x, y, width, height);
    else paper.fillText(part.textContent, x, y + height / 2, width);
  }
  return new Promise((done) => { canvas.toBlob(done, "image/png"); });
}
for (const line of document.querySelectorAll("figure p.save")) {
  line.hidden = false;
  const figure = line.closest("figure");
  line.addEventListener("click", async (event) => {
    const format = event.target.dataset.save;
    if (!format) return;
    const image = figure.querySelector("img"); // its src is the drawing for wide screens
    const list = figure.querySelector("ul");
    const content = list ? await sheet(list) : format === "svg" ? blob(image.src) : await bitmap(image);
    save(`${figure.dataset.name}.${format}`, content);
  });
}

// --- Links ---------------------------------------------------------------------------------

for (const anchor of document.querySelectorAll("a.anchor")) {
  anchor.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(anchor.href);
      say("Link copied");
    } catch {
      say("The link is in the address bar"); // the browser does not let pages copy
    }
  });
}
