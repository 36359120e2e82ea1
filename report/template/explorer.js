// The errors explorer: a grid of every misclassified image, filters, and what each run said.
{
  const root = document.getElementById("explorer");
  const read = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const { make, counted, rove } = touch;

  function start() {
    const data = JSON.parse(document.getElementById("explorer-data").textContent);
    const { classes, models, runs, images, labels, doubts, side, across } = data;
    const [said, sure] = [read(data.said), read(data.sure)];
    const answer = (image, run) => said[image * runs.length + run];
    const wrong = (image, run) => answer(image, run) !== labels[image];
    const dagger = (image) => (images[image] in doubts ? " †" : "");

    // The sprite once, in a rule that every picture shares.
    const sprite = document.getElementById("sprite");
    const rule = make("style");
    rule.textContent = `.explorer .picture { background-image: url("${sprite.getAttribute("href")}"); }`;
    document.head.append(rule);
    const picture = (image, size) => {
      const scale = size / side;
      return make("span", {
        class: "picture",
        style: `width:${size}px;height:${size}px;background-size:${across * size}px auto;`
          + `background-position:-${(image % across) * side * scale}px -${Math.floor(image / across) * side * scale}px`,
      });
    };

    const state = { model: -1, actual: -1, predicted: -1, image: 0 };
    const own = () => runs.flatMap(([model], run) => (state.model < 0 || model === state.model ? [run] : []));
    const misses = (image, among) => among.filter((run) => wrong(image, run)).length;

    // --- The parts -------------------------------------------------------------------------
    const select = make("select", { id: "explorer-model" },
      make("option", { value: -1 }, `All models (${counted(runs.length, "run")})`),
      ...models.map((label, model) => {
        const count = runs.filter(([of]) => of === model).length;
        return make("option", { value: model }, `${label} (${counted(count, "run")})`);
      }));
    const clear = make("button", { type: "button", class: "clear" }, "Show all");
    const status = make("p", { class: "status", role: "status" });
    const matrix = make("table", { class: "confusion", role: "grid", "aria-label": "True labels by predictions; choose a cell to see its images" });
    const grid = make("div", { class: "tiles", role: "listbox", "aria-label": "Misclassified test images" });
    const detail = make("section", { class: "detail", "aria-label": "The chosen image" });
    root.append(
      make("div", { class: "controls" },
        make("label", { for: "explorer-model" }, "Wrong in"), select, clear, status),
      make("div", { class: "panes" },
        make("div", { class: "pane" }, make("p", { class: "axis" }, "True label ↓ · predicted →"),
          make("div", { class: "scroll" }, matrix)),
        make("div", { class: "pane" },
          make("p", { class: "axis" }, `Below each image: number of runs that misclassify it${Object.keys(doubts).length ? " · † disputed label" : ""}`),
          grid)),
      detail);

    // --- The confusion matrix --------------------------------------------------------------
    const cells = classes.map(() => []);
    matrix.append(
      make("thead", {}, make("tr", { role: "row" }, make("td", { role: "presentation" }),
        ...classes.map((name) => make("th", { scope: "col", role: "columnheader" }, make("span", {}, name))))),
      make("tbody", {}, ...classes.map((name, actual) => make("tr", { role: "row" },
        make("th", { scope: "row", role: "rowheader" }, name),
        ...classes.map((_, predicted) => {
          cells[actual][predicted] = make("td", { role: "gridcell", tabindex: "-1" });
          return cells[actual][predicted];
        })))));
    const every = cells.flat();
    const stopMatrix = rove(matrix, () => every, () => classes.length);
    const choose = (cell) => {
      const place = every.indexOf(cell);
      if (place < 0 || cell.ariaDisabled === "true") return;
      const [actual, predicted] = [Math.floor(place / classes.length), place % classes.length];
      const same = state.actual === actual && state.predicted === predicted;
      Object.assign(state, same ? { actual: -1, predicted: -1 } : { actual, predicted });
      show();
    };
    matrix.addEventListener("click", (event) => choose(event.target.closest("[role=gridcell]")));
    matrix.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(event.target); }
    });

    // --- The grid --------------------------------------------------------------------------
    let tiles = [];
    const stopGrid = rove(grid, () => tiles, () => {
      const next = tiles.findIndex((tile) => tile.offsetTop > tiles[0].offsetTop);
      return next < 0 ? tiles.length : next;
    });
    const chosen = (tile) => {
      detail.hidden = !tile;
      if (!tile) return;
      for (const other of tiles) other.setAttribute("aria-selected", String(other === tile));
      state.image = Number(tile.dataset.image);
      tell();
    };
    grid.addEventListener("focusin", (event) => chosen(event.target.closest("[role=option]")));
    grid.addEventListener("click", (event) => event.target.closest("[role=option]")?.focus());

    // --- One image -------------------------------------------------------------------------
    function tell() {
      const image = state.image;
      const missed = misses(image, runs.map((_, run) => run));
      const seeds = runs.length > models.length;
      const rows = models.map((label, model) => {
        const mine = runs.flatMap(([of], run) => (of === model ? [run] : []));
        const chips = mine.map((run) => make("li", { class: wrong(image, run) ? "wrong" : "right" },
          ...(seeds ? [make("span", { class: "seed" }, `seed ${runs[run][1]}`)] : []),
          make("strong", {}, classes[answer(image, run)], make("span", { class: "mark", "aria-hidden": "true" }, wrong(image, run) ? "" : " ✓")),
          make("span", { class: "sure" }, `${sure[image * runs.length + run]} %`)));
        const count = misses(image, mine);
        return make("div", { class: seeds ? "model" : "model one" },
          make("p", { class: "title" }, label, make("span", {}, seeds ? ` ${count} of ${mine.length} wrong` : count ? " wrong" : " right")),
          make("ul", {}, ...chips));
      });
      const doubt = doubts[images[image]];
      detail.replaceChildren(
        make("div", { class: "large" }, picture(image, 196)),
        make("div", { class: "said" },
          make("p", { class: "name", role: "status" }, make("strong", {}, `No. ${images[image]}, labelled ${classes[labels[image]]}`),
            ` · misclassified by ${missed} of ${counted(runs.length, "run")}`
            + (doubt ? ` · † disputed label: ${doubt}` : "")),
          ...rows,
          make("p", { class: "hint" }, "The class that each run chose, and its confidence.")));
    }

    // --- All of it -------------------------------------------------------------------------
    function show() {
      const among = own();
      const counts = classes.map(() => classes.map(() => 0));
      const found = [];
      images.forEach((_, image) => {
        const taken = new Set(among.filter((run) => wrong(image, run)).map((run) => answer(image, run)));
        for (const predicted of taken) counts[labels[image]][predicted] += 1;
        const fits = state.actual < 0 || (labels[image] === state.actual && taken.has(state.predicted));
        if (taken.size && fits) found.push([image, misses(image, among)]);
      });
      found.sort((one, other) => other[1] - one[1] || images[one[0]] - images[other[0]]);

      const most = Math.max(1, ...counts.flat());
      every.forEach((cell, place) => {
        const [actual, predicted] = [Math.floor(place / classes.length), place % classes.length];
        const count = counts[actual][predicted];
        const on = state.actual === actual && state.predicted === predicted;
        cell.textContent = count || "";
        cell.setAttribute("aria-label", actual === predicted ? `${classes[actual]}: correct`
          : `${classes[actual]} predicted as ${classes[predicted]}: ${counted(count, "image")}`);
        cell.setAttribute("aria-selected", String(on));
        cell.setAttribute("aria-disabled", String(!count && !on));
        cell.classList.toggle("diagonal", actual === predicted);
        cell.style.setProperty("--share", count / most);
      });

      tiles = found.map(([image, count]) => make("div", {
        role: "option", tabindex: "-1", "data-image": image, "aria-selected": "false",
        "aria-label": `No. ${images[image]}, labelled ${classes[labels[image]]}, ${count} of ${counted(among.length, "run")} wrong${dagger(image) && ", disputed label"}`,
      }, picture(image, 42), make("span", { class: "count" }, `${count}${dagger(image)}`)));
      grid.replaceChildren(...tiles);
      const all = state.model < 0 && state.actual < 0;
      clear.hidden = all;
      const what = state.actual < 0 ? "" : `, ${classes[state.actual]} predicted as ${classes[state.predicted]}`;
      status.textContent = `${counted(found.length, "image")}${what}, those that most runs misclassify first`;
      stopGrid(0, false);
      chosen(tiles[0]);
    }

    select.addEventListener("change", () => { state.model = Number(select.value); show(); });
    clear.addEventListener("click", () => {
      Object.assign(state, { model: -1, actual: -1, predicted: -1 });
      select.value = -1;
      show();
      select.focus();
    });
    show();
    stopMatrix(Math.max(0, every.findIndex((cell) => cell.textContent)), false);
    root.hidden = false;
    const table = root.nextElementSibling;
    if (table?.matches("details.static")) table.open = false;
  }
  if (root) start();
}
