"use strict";
const field = document.getElementById("filter");
const operations = Array.from(document.querySelectorAll("[data-words]"));
function filter() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const each of operations) each.hidden = !words.every(word => each.dataset.words.includes(word));
  for (const group of document.querySelectorAll("[data-group]")) group.hidden = !group.querySelector("[data-words]:not([hidden])");
}
function openTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.tagName === "DETAILS") { target.open = true; target.scrollIntoView(); }
}
field.addEventListener("input", filter);
addEventListener("hashchange", openTarget);
addEventListener("keydown", event => {
  const typing = event.target === field;
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); field.focus(); field.select(); }
  if (event.key === "Escape" && typing) { field.value = ""; filter(); }
});
openTarget();
