// Charts tell their values under the pointer, by touch and by arrow keys, and lines can be switched
// off. All of it is in the drawing: `<title>` of its points and `data-series` of its lines.
for (const box of document.querySelectorAll(".drawing")) {
  const { make, rove } = touch;
  const lines = [...box.querySelectorAll("[data-series]")].map((group) => ({
    group,
    names: group.dataset.series.split("\n"),
    points: [...group.querySelectorAll("title")].map((title) => title.parentNode),
  }));
  if (!lines.length) continue;

  const ring = make("span", { class: "ring", hidden: "" });
  const tip = make("output", { class: "tip", hidden: "" });
  const off = new Set();
  const isOff = ({ names }) => names.some((name) => off.has(name));
  const shown = () => lines.filter((line) => line.points.length && !isOff(line));
  let told = null; // a point
  function middle(point) {
    const { x, y, width, height } = point.getBoundingClientRect();
    return [x + width / 2, y + height / 2];
  }
  function tell(point) {
    told = point;
    ring.hidden = !point;
    tip.hidden = !point;
    if (!point) return;
    const [frame, [x, y]] = [box.getBoundingClientRect(), middle(point)];
    const [left, top] = [x - frame.left + box.scrollLeft, y - frame.top];
    ring.style.translate = `${left}px ${top}px`;
    if (tip.textContent !== point.textContent) tip.textContent = point.textContent;
    const most = box.scrollLeft + frame.width - tip.offsetWidth - 4;
    const start = Math.max(box.scrollLeft + 4, Math.min(most, left - tip.offsetWidth / 2));
    tip.style.translate = `${start}px ${top - tip.offsetHeight > 18 ? top - tip.offsetHeight - 14 : top + 14}px`;
  }

  function aim({ clientX, clientY, pointerType }) {
    let [nearest, least] = [null, pointerType === "mouse" ? 36 : 72]; // pixels
    for (const point of shown().flatMap(({ points }) => points)) {
      const [x, y] = middle(point);
      const away = Math.hypot(x - clientX, y - clientY);
      if (away < least) [nearest, least] = [point, away];
    }
    tell(nearest);
  }
  box.addEventListener("pointermove", aim);
  box.addEventListener("pointerdown", aim);
  box.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && tell(null));
  document.addEventListener("pointerdown", ({ target }) => box.contains(target) || tell(null));

  box.addEventListener("focus", () => !told && box.matches(":focus-visible") && tell(shown()[0]?.points.at(-1)));
  box.addEventListener("blur", () => tell(null));
  box.addEventListener("keydown", (event) => {
    const [down, along] = {
      ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0],
      Home: [0, -Infinity], End: [0, Infinity],
    }[event.key] ?? [];
    if (event.key === "Escape") tell(null);
    if (down === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const within = (place, list) => Math.max(0, Math.min(list.length - 1, place));
    const all = shown();
    const here = within(all.findIndex(({ points }) => points.includes(told)), all);
    const { points } = all[within(here + down, all)] ?? { points: [] };
    tell(points[within((told ? all[here].points.indexOf(told) : Infinity) + along, points)] ?? null);
    ring.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  box.classList.add("live");
  box.setAttribute("role", "application");
  box.ariaLabel += ". Its values: left and right along a line, up and down between lines";
  box.append(ring, tip);

  // A switch for each model, unless there are too many, and for each kind of line or point.
  const models = [...new Set(lines.map(({ names }) => names[0]))];
  const kinds = [...new Set(lines.flatMap(({ names }) => names.slice(1)))];
  const switches = [...(models.length > 1 && models.length < 9 ? models : []), ...kinds].map((name) => {
    const drawn = lines.filter(({ names, points }) => names[0] === name && points.length);
    const colours = new Set(drawn.map(({ group }) => group.outerHTML.match(/stroke: (#\w+)/)?.[1]));
    const [colour] = colours.size === 1 ? colours : [];
    const swatch = colour ? [make("i", { style: `background:${colour}` })] : [];
    const button = make("button", { type: "button", "aria-pressed": "true", tabindex: "-1" }, ...swatch, name);
    button.addEventListener("click", () => {
      if (!off.delete(name)) off.add(name);
      button.ariaPressed = String(!off.has(name));
      for (const line of lines) line.group.style.display = isOff(line) ? "none" : "";
      tell(null);
    });
    return button;
  });
  if (switches.length > 1) {
    const bar = make("div", { class: "switches", role: "toolbar", "aria-label": "Show" }, "Show:", ...switches);
    box.after(bar);
    rove(bar, () => switches, () => 1)(0, false);
  }
}
