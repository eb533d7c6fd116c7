// What furo leaves out for keyboards and screen readers.
for (const caption of document.querySelectorAll("[role=heading]:not([aria-level])")) {
  caption.setAttribute("aria-level", "2");
}
const korean = document.documentElement.lang === "ko";
for (const [place, words, ours] of [
  [".sidebar-drawer", "Pages", "문서"],
  [".toc-drawer", "On this page", "이 쪽의 내용"],
]) {
  document.querySelector(place)?.setAttribute("aria-label", korean ? ours : words);
}
function reachWithKeys() {
  for (const wide of document.querySelectorAll("pre, .table-wrapper, div.math")) {
    if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
  }
}
addEventListener("load", reachWithKeys);
addEventListener("resize", reachWithKeys);
