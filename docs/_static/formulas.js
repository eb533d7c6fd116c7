// A formula keeps its particle on its line, unless both are wider than the line.
function fitFormulas() {
  for (const both of document.querySelectorAll(".together")) {
    both.style.whiteSpace = "";
    const line = both.parentElement.closest("p, li, td, dd, dt, h1, h2, h3");
    if (both.offsetWidth > (line?.clientWidth ?? Infinity)) both.style.whiteSpace = "normal";
  }
}
addEventListener("load", () => window.MathJax?.startup?.promise?.then(fitFormulas));
addEventListener("resize", fitFormulas);
