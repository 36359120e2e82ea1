// The contents list: folded on a phone, and marking the section that is being read.
const contents = document.querySelector("nav details");
const wide = window.matchMedia("(min-width: 64rem)");
const fold = () => { contents.open = wide.matches; };
fold();
wide.addEventListener("change", fold);

const links = [...contents.querySelectorAll("ol a")];
const headings = links.map((link) => document.getElementById(link.hash.slice(1)));
let waiting = false;
function mark() {
  waiting = false;
  const edge = window.innerHeight / 4;
  const atEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
  const passed = headings.filter((heading) => heading.getBoundingClientRect().top < edge).length;
  const current = atEnd ? links.length - 1 : passed - 1;
  links.forEach((link, i) => {
    if (i === current) link.setAttribute("aria-current", "location");
    else link.removeAttribute("aria-current");
  });
}
window.addEventListener("scroll", () => {
  if (!waiting) { waiting = true; requestAnimationFrame(mark); }
}, { passive: true });
contents.addEventListener("click", (event) => {
  if (event.target.closest("a") && !wide.matches) contents.open = false;
});
mark();
