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
const toggles = {
  "Toggle site navigation sidebar": "문서 목록 여닫기",
  "Toggle table of contents sidebar": "이 쪽의 내용 여닫기",
  "Toggle Light / Dark / Auto color theme": "밝게, 어둡게, 자동 바꾸기",
};
for (const toggle of document.querySelectorAll("[aria-label^=Toggle]")) {
  const ours = toggles[toggle.getAttribute("aria-label")];
  if (korean && ours) toggle.setAttribute("aria-label", ours);
}
// Sphinx writes the parameters of a long signature as definitions without a term.
for (const list of document.querySelectorAll("dt.sig > dl")) {
  const term = document.createElement("dt");
  term.textContent = "parameters";
  term.className = "only-read-aloud";
  list.prepend(term);
}
function reachWithKeys() {
  for (const wide of document.querySelectorAll("pre, .table-wrapper, div.math")) {
    if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
  }
}
addEventListener("load", reachWithKeys);
addEventListener("resize", reachWithKeys);
