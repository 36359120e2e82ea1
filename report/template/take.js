// Print a handout, save tables as CSV or LaTeX and figures as SVG or PNG, and copy links: all from the page itself.

const files = JSON.parse(document.getElementById("tables").textContent);
const say = (words) => { document.getElementById("said").textContent = words; };

function save(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: content.type ?? "text/plain" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  say(`Saved ${name}`);
}

const quoted = (words) => (/[",\n]/.test(words) ? `"${words.replaceAll('"', '""')}"` : words);
const csv = (rows) => rows.map((row) => `${row.map(quoted).join(",")}\n`).join("");

// For a document with \usepackage{booktabs}; letters and signs that LaTeX knows as UTF-8 stay.
const SIGNS = {
  "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "\u00a0": "~",
  "−": "$-$", "±": "$\\pm$", "×": "$\\times$", "→": "$\\to$", "≥": "$\\geq$", "≤": "$\\leq$",
  "<": "$<$", ">": "$>$", "²": "$^2$", "α": "$\\alpha$", "β": "$\\beta$", "γ": "$\\gamma$",
  "ε": "$\\varepsilon$", "μ": "$\\mu$", "σ": "$\\sigma$", "✓": "$\\surd$", "✗": "$\\times$",
};
const escaped = (words) => words.replace(/[\\~^\u00a0−±×→≥≤<>²αβγεμσ✓✗&%$#_{}]/g, (sign) => SIGNS[sign] ?? `\\${sign}`);
function tex([head, ...rows], caption) {
  const line = (row) => `${row.map(escaped).join(" & ")} \\\\\n`;
  return `\\begin{table}\n\\caption{${escaped(caption)}}\n\\begin{tabular}{l${"r".repeat(head.length - 1)}}\n`
    + `\\toprule\n${line(head)}\\midrule\n${rows.map(line).join("")}\\bottomrule\n\\end{tabular}\n\\end{table}\n`;
}

// The rows as text, under one row of names; a heading within the table is a row with blanks.
function rows(table) {
  const names = JSON.parse(table.dataset.columns);
  const cells = (row) => names.map((_, place) => row.cells[place]?.textContent.trim() ?? "");
  return [names, ...[...table.tBodies].flatMap((body) => [...body.rows].map(cells))];
}

// A drawing as it is shown, without what is switched off.
const svg = (drawing) => new Blob([new XMLSerializer().serializeToString(drawing)], { type: "image/svg+xml" });
async function png(shown) {
  const image = new Image();
  image.src = URL.createObjectURL(svg(shown));
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [2 * image.naturalWidth, 2 * image.naturalHeight];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => { canvas.toBlob(done, "image/png"); });
}

for (const box of document.querySelectorAll(".save")) {
  box.hidden = false;
  box.addEventListener("click", async (event) => {
    const { file, print: handout, save: format } = event.target.dataset;
    if (handout !== undefined) {
      document.documentElement.classList.add("handout");
      window.print();
      document.documentElement.classList.remove("handout");
    }
    if (file) save(file, files[file]);
    if (!format) return;
    const table = box.previousElementSibling?.querySelector("table");
    if (table) {
      const caption = table.caption.textContent.trim();
      const name = caption.split(".")[0].toLowerCase().match(/[a-z0-9]+/g).join("-").slice(0, 50);
      save(`${name}.${format}`, format === "csv" ? csv(rows(table)) : tex(rows(table), caption));
    } else {
      const figure = box.closest("figure");
      const shown = figure.querySelector(".drawing > svg");
      save(`${figure.dataset.name}.${format}`, format === "svg" ? svg(shown) : await png(shown));
    }
  });
}

for (const anchor of document.querySelectorAll("a.anchor")) {
  anchor.addEventListener("click", () => {
    navigator.clipboard.writeText(anchor.href).then(
      () => say("Link copied"), () => say("The link is in the address bar"),
    );
  });
}
