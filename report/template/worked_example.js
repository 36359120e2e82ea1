// The worked example: choose a normalization and a cell; the cells averaged with it light up.
{
  const root = document.getElementById("worked");
  const { make, rove } = touch;

  function start() {
    const data = JSON.parse(document.getElementById("worked-data").textContent);
    const { images, channels, side, eps, layers, methods } = data;
    const across = channels * side;
    const state = { key: "batch", groups: 2, after: false, cell: 0 };
    const method = () => methods.find(({ key, groups }) => key === state.key && (groups ?? state.groups) === state.groups);

    // --- What to choose --------------------------------------------------------------------
    function choice(legend, name, options, change) {
      return make("fieldset", {}, make("legend", {}, legend), make("div", { class: "choice" },
        ...options.map(([value, words, checked]) => {
          const radio = make("input", { type: "radio", name, value, checked: checked ? "" : null });
          radio.addEventListener("change", () => { change(value); show(); });
          return make("label", {}, radio, make("span", {}, words));
        })));
    }
    const names = { batch: "Batch", layer: "Layer", group: "Group" };
    const groupings = methods.filter(({ key }) => key === "group").map(({ groups }) => groups);
    const groups = choice("Groups", "worked-groups",
      groupings.map((number) => [number, String(number), number === state.groups]), (value) => { state.groups = value; });
    const what = make("p", { class: "what", role: "status" });
    root.append(make("div", { class: "choices" },
      choice("Normalization", "worked-method", Object.entries(names).map(([key, words]) => [key, words, key === state.key]),
        (value) => { state.key = value; }),
      groups,
      choice("Numbers", "worked-numbers", [["before", "before", true], ["after", "after", false]],
        (value) => { state.after = value === "after"; })), what);

    // --- A grid for each layer -------------------------------------------------------------
    const parts = layers.map((layer) => {
      const cells = layer.cells.map((_, place) => make("td", {
        role: "gridcell", tabindex: "-1",
        class: `${place % side === 0 ? "left " : ""}${Math.floor(place / across) % side === 0 ? "top" : ""}`,
      }));
      const rows = Array.from({ length: images * side }, (_, row) => make("tr", { role: "row" },
        ...(row % side ? [] : [make("th", { role: "rowheader", scope: "rowgroup", rowspan: side, "aria-label": `image ${row / side + 1}` }, String(row / side + 1))]),
        ...cells.slice(row * across, (row + 1) * across)));
      const grid = make("table", { role: "grid", "aria-label": `${layer.name}: choose a cell` },
        make("thead", {}, make("tr", { role: "row" }, make("td", {}),
          ...Array.from({ length: channels }, (_, c) => make("th", { role: "columnheader", scope: "colgroup", colspan: side, class: "left", "aria-label": `channel ${c + 1}` }, String(c + 1))))),
        make("tbody", {}, ...rows));
      const facts = make("div", { class: "facts" });
      const stop = rove(grid, () => cells, () => across);
      grid.addEventListener("focusin", (event) => choose(cells.indexOf(event.target)));
      grid.addEventListener("click", (event) => event.target.closest("td[role=gridcell]")?.focus());
      root.append(make("section", { class: "layer", "aria-label": layer.name }, make("p", { class: "title" }, layer.name),
        make("p", { class: "axis" }, "image ↓ · channel →"), grid, facts));
      return { cells, facts, stop };
    });

    function choose(cell) {
      if (cell < 0 || cell === state.cell) return;
      state.cell = cell;
      show();
    }

    // --- All of it -------------------------------------------------------------------------
    function show() {
      const now = method();
      const { cell } = state;
      const set = now.sets[cell];
      const lit = now.sets.map((own) => own === set);
      groups.disabled = state.key !== "group";
      what.textContent = now.what;
      const place = `image ${Math.floor(cell / across / side) + 1}, channel ${Math.floor(cell % across / side) + 1}`;
      layers.forEach((layer, number) => {
        const results = now.layers[number];
        const { cells, facts, stop } = parts[number];
        cells.forEach((one, at) => {
          one.textContent = (state.after ? results.cells : layer.cells)[at];
          one.classList.toggle("lit", lit[at]);
          one.setAttribute("aria-selected", String(at === cell));
        });
        stop(cell, false);
        const [x, y, mean, variance] = [layer.cells[cell], results.cells[cell], results.mean[set], results.variance[set]];
        const minus = mean.startsWith("−") ? `(${mean})` : mean;
        facts.replaceChildren(
          make("p", {}, `${now.names[set]}: ${lit.filter(Boolean).length} cells`),
          make("dl", {}, ...[["mean μ", mean], ["variance σ²", variance], [`x, ${place}`, x], ["normalized y", y]]
            .flatMap(([term, value]) => [make("dt", {}, term), make("dd", {}, value)])),
          make("p", { class: "formula" }, `y = (${x} − ${minus}) / √(${variance} + ${eps}) ≈ ${y}`));
      });
    }
    show();
    root.hidden = false;
    for (let next = root; (next = next.nextElementSibling)?.matches("details.static");) next.open = false;
  }
  if (root) start();
}
