// A classic script, which browsers run from files too, where they refuse modules.
if (location.protocol === "file:") {
  document.getElementById("status").textContent =
    "Browsers do not let a page that is opened as a file load its modules and its " +
    "model. Serve this folder, for example with: python -m http.server --bind 127.0.0.1";
} else {
  const module = document.createElement("script");
  module.type = "module";
  module.src = "explorer.js";
  document.head.append(module);
}
