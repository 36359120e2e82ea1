// What the explorer, the worked example and the charts share.
const touch = {
  // An element with attributes (none for false, null and undefined) and children.
  make(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  },

  counted: (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`,

  // Arrow keys move the focus among the items of a box, of which only one is a tab stop.
  // `items` gives them, `across` how many stand in a row. Returns a function that moves there.
  rove(box, items, across) {
    let at = 0;
    const stop = (next, focus = true) => {
      const all = items();
      all[at]?.setAttribute("tabindex", "-1");
      at = next;
      all[at]?.setAttribute("tabindex", "0");
      if (focus) all[at]?.focus();
    };
    box.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const [last, row] = [items().length - 1, across()];
      const next = {
        ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + row, ArrowUp: at - row,
        PageDown: Math.min(last, at + 4 * row), PageUp: Math.max(0, at - 4 * row), Home: 0, End: last,
      }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      if (next >= 0 && next <= last) stop(next);
    });
    box.addEventListener("focusin", (event) => {
      const found = items().indexOf(event.target);
      if (found >= 0 && found !== at) stop(found, false);
    });
    return stop;
  },
};
