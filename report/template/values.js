// Charts tell their values: under the pointer, by touch, and by arrow keys; their lines can be
// switched off. It reads the drawing that the page shows anyway (`<title>` and `data-series` in
// the SVG), and lays it over the picture, which stays for screen readers.
{
  const NEAR = 36; // pixels, within which a point is meant
  const FEW = 8; // names, beyond which there is a panel for each and nothing to switch
  const { make, rove } = touch;
  let serial = 0;

  // The picture's SVG as an element, with ids of its own; null where it tells nothing.
  function drawing(image) {
    const [head, content] = image.currentSrc.split(",", 2);
    if (head !== "data:image/svg+xml;base64") return null;
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    const text = new TextDecoder().decode(bytes);
    if (!text.includes("data-series=")) return null;
    serial += 1;
    const own = text.replace(/(\bid="|href="#|url\(#)/g, `$1c${serial}-`);
    const svg = document.importNode(new DOMParser().parseFromString(own, "image/svg+xml").documentElement, true);
    for (const part of svg.querySelectorAll("style, metadata")) part.remove(); // would reach all of the page
    for (const name of ["width", "height"]) svg.removeAttribute(name);
    svg.setAttribute("aria-hidden", "true");
    return svg;
  }

  function enliven(image) {
    const picture = image.closest("picture") ?? image;
    const ring = make("span", { class: "ring", hidden: "" });
    const tip = make("output", { class: "tip", hidden: "" });
    const box = make("div", {
      class: "live", role: "application", tabindex: "0",
      "aria-label": "Values of this chart: left and right along a line, up and down between lines",
    });
    const off = new Set();
    let [svg, lines, at] = [null, [], null]; // at: the line and the point that are told

    function build() {
      const fresh = drawing(image);
      if (!fresh) return false;
      svg?.remove();
      svg = fresh;
      lines = [];
      for (const group of svg.querySelectorAll("[data-series]")) {
        const points = [...group.querySelectorAll("title")].map((title) => {
          const { x, y } = title.parentNode;
          const point = { x: x.baseVal.value, y: y.baseVal.value, text: title.textContent };
          title.remove(); // or the browser shows it, too
          return point;
        });
        lines.push({ group, points, names: group.dataset.series.split("\n") });
      }
      box.insertBefore(svg, ring);
      apply();
      return true;
    }
    const shown = () => lines.filter((line) => line.points.length && !line.names.some((name) => off.has(name)));
    function apply() {
      for (const { group, names } of lines) {
        group.style.display = names.some((name) => off.has(name)) ? "none" : "";
      }
      hide();
    }

    function hide() { at = null; ring.hidden = true; tip.hidden = true; }
    function tell(line, point) {
      at = { line, point };
      const frame = box.getBoundingClientRect();
      const { a, d, e, f } = svg.getScreenCTM();
      const [x, y] = [point.x * a + e - frame.left, point.y * d + f - frame.top];
      ring.hidden = false;
      tip.hidden = false;
      ring.style.translate = `${x}px ${y}px`;
      if (tip.textContent !== point.text) tip.textContent = point.text;
      const left = Math.max(4, Math.min(frame.width - tip.offsetWidth - 4, x - tip.offsetWidth / 2));
      const above = y - tip.offsetHeight - 14;
      tip.style.translate = `${left}px ${above > 4 ? above : y + 14}px`;
    }

    box.addEventListener("pointermove", aim);
    box.addEventListener("pointerdown", aim);
    box.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse") hide(); // a finger leaves whenever it is lifted
    });
    function aim(event) {
      const { a, d, e, f } = svg.getScreenCTM();
      let best = [event.pointerType === "mouse" ? NEAR : 2 * NEAR];
      for (const line of shown()) {
        for (const point of line.points) {
          const away = Math.hypot(point.x * a + e - event.clientX, point.y * d + f - event.clientY);
          if (away < best[0]) best = [away, line, point];
        }
      }
      if (best[1]) tell(best[1], best[2]); else hide();
    }
    document.addEventListener("pointerdown", (event) => { if (!box.contains(event.target)) hide(); });

    box.addEventListener("focus", () => {
      const [line] = shown();
      if (line && !at && box.matches(":focus-visible")) tell(line, line.points.at(-1));
    });
    box.addEventListener("blur", hide);
    box.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === "Escape") hide();
      const all = shown();
      const here = Math.max(0, all.indexOf(at?.line));
      const points = all[here]?.points;
      const [row, column] = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0],
        Home: [0, -Infinity], End: [0, Infinity] }[event.key] ?? [];
      if (row === undefined || !points) return;
      event.preventDefault();
      const place = at ? points.indexOf(at.point) : points.length - 1;
      const line = all[Math.max(0, Math.min(all.length - 1, here + row))];
      const next = Math.max(0, Math.min(line.points.length - 1, place + column));
      tell(line, line.points[next]);
    });

    // A button for each name; those of the models apart from those of splits and the like.
    function switches() {
      const levels = [0, 1, 2].map((level) => [...new Set(lines.map(({ names }) => names[level]).filter(Boolean))]);
      const named = levels.flatMap((names, level) => (level === 0 && names.length > FEW ? [] : [names]))
        .filter((names, level) => names.length > 1 || level > 0 && names.length);
      const buttons = named.flat().map((name) => {
        const own = lines.filter(({ names, points }) => names[0] === name && points.length);
        const colours = new Set(own.map(({ group }) => group.outerHTML.match(/stroke: (#\w+)/)?.[1]));
        const [colour] = named[0].includes(name) ? colours : [];
        const swatch = colour && colours.size === 1 ? [make("i", { style: `background:${colour}` })] : [];
        const button = make("button", { type: "button", "aria-pressed": "true", tabindex: "-1" }, ...swatch, name);
        button.addEventListener("click", () => {
          const on = off.delete(name);
          if (!on) off.add(name);
          button.setAttribute("aria-pressed", String(on));
          apply();
        });
        return button;
      });
      if (buttons.length < 2) return;
      const bar = make("div", { class: "switches", role: "toolbar", "aria-label": "Show or hide parts of this chart" }, ...buttons);
      box.after(bar);
      rove(bar, () => buttons, () => 1)(0, false);
    }

    picture.replaceWith(box);
    box.append(picture, ring, tip);
    if (build()) switches();
    else box.replaceWith(picture);
    image.addEventListener("load", build); // the other drawing, where the window's width asks for it
  }

  const charts = [...document.querySelectorAll("figure.chart img")];
  const watch = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) { watch.unobserve(target); target.decode().then(() => enliven(target)); }
    }
  }, { rootMargin: "800px" });
  for (const image of charts) watch.observe(image);
}
