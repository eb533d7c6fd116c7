/** Runs the page: turns the state of its controls into a latent and a class, and draws. */

import * as ort from "./onnxruntime/ort.wasm.bundle.min.js";

import { Generator } from "./generator.js";
import { between, parseSeed, toSphere } from "./latents.js";
import { described } from "./png_text.js";

const byId = (id) => document.getElementById(id);
const canvas = byId("image");
const sliders = [];
let generator = null;
let shown = null; // the seed whose image the sliders change
let name = "image"; // of the file to download
let note = ""; // in the file to download
let busy = false;
let wanted = null;
let playing = null;

async function bytes(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: the server answered ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Draws the latest request; those that came while one was computed are skipped. */
async function draw(request) {
  wanted = request;
  if (busy) return;
  busy = true;
  try {
    while (wanted !== null) {
      const now = wanted;
      wanted = null;
      const labels = now.label === null ? [] : [now.label];
      const [image] = await generator.generate([now.z], labels);
      const [height, width] = generator.spec.image_shape;
      const pixels = new ImageData(generator.pixels(image), width, height);
      canvas.getContext("2d").putImageData(pixels, 0, 0);
      canvas.setAttribute("aria-label", `Generated image: ${now.caption}`);
      byId("caption").textContent = now.caption;
      name = now.name;
      note = `generator ${generator.spec.title}, ${now.caption}${now.truncated}`;
      canvas.dataset.drawn = now.name;
    }
  } catch (error) {
    report("The image cannot be drawn.", error);
  } finally {
    busy = false;
  }
}

function report(what, error) {
  byId("status").textContent = `${what} ${error.message}`;
  console.error(error);
}

function chosenClass(seed) {
  const choice = byId("class").value;
  return choice === "" ? generator.label(seed) : Number(choice);
}

function captionOf(text, label) {
  return label === null ? text : `${text}, class ${label}`;
}

function nameOf(text, label) {
  return label === null ? text : `${text}_class_${label}`;
}

/** Returns the note on the truncation; empty where there is none. */
function truncationNote(truncation) {
  return truncation === 1 ? "" : `, truncation ${truncation}`;
}

/** Draws the image of the seed, moved along the directions as the sliders are set. */
function drawPoint() {
  stop();
  if (shown === null) return;
  const truncation = Number(byId("truncation").value);
  let z = generator.latent(shown, truncation);
  const offsets = sliders.map((slider) => Number(slider.value));
  const moved = offsets.some((offset) => offset !== 0);
  if (moved) {
    offsets.forEach((offset, index) => {
      const direction = generator.spec.directions[index];
      z = z.map((value, axis) => value + offset * direction[axis]);
    });
    // The generator was trained on latents of the sphere only.
    if (generator.spec.prior === "sphere") z = toSphere(z).map((value) => truncation * value);
  }
  const label = chosenClass(shown);
  const changes = (truncation === 1 ? "" : `_truncation_${truncation}`) + (moved ? "_moved" : "");
  draw({
    z,
    label,
    caption: captionOf(`seed ${shown}${moved ? ", moved" : ""}`, label),
    name: nameOf(`seed_${shown}${changes}`, label),
    truncated: truncationNote(truncation),
  });
}

/** Returns the seed in a box; null, with a message beside the box, if it holds none. */
function readSeed(id, errorId) {
  const box = byId(id);
  try {
    const seed = parseSeed(box.value);
    box.removeAttribute("aria-invalid");
    byId(errorId).textContent = "";
    return seed;
  } catch (error) {
    box.setAttribute("aria-invalid", "true");
    byId(errorId).textContent = error.message;
    return null;
  }
}

function showSeed() {
  const seed = readSeed("seed", "seed-error");
  if (seed === null) return;
  shown = seed;
  resetSliders();
  drawPoint();
  history.replaceState(null, "", `#seed=${seed}`);
}

function resetSliders() {
  for (const slider of sliders) {
    slider.value = 0;
    slider.dispatchEvent(new Event("show"));
  }
}

function drawPosition() {
  const from = readSeed("from", "path-error");
  const to = from === null ? null : readSeed("to", "path-error");
  if (to === null) {
    stop();
    return;
  }
  const t = Number(byId("position").value);
  byId("position-value").textContent = t.toFixed(2);
  const truncation = Number(byId("truncation").value);
  const ends = [generator.latent(from, truncation), generator.latent(to, truncation)];
  const label = chosenClass(from);
  draw({
    z: between(ends[0], ends[1], t, byId("kind").value),
    label,
    caption: captionOf(`${Math.round(100 * t)} % of the way from seed ${from} to seed ${to}`, label),
    name: nameOf(`seeds_${from}_${to}_at_${t.toFixed(2)}`, label),
    truncated: truncationNote(truncation),
  });
}

function stop() {
  if (playing !== null) cancelAnimationFrame(playing);
  playing = null;
  byId("play").textContent = "Play";
}

function play() {
  const position = byId("position");
  let share = Number(position.value) >= 1 ? 0 : Number(position.value);
  let last = performance.now();
  const step = (time) => {
    const seconds = Math.min(60, Math.max(1, Number(byId("seconds").value) || 4));
    share = Math.min(1, share + Math.max(0, time - last) / (1000 * seconds));
    last = time;
    position.value = share;
    drawPosition();
    if (playing !== null && share < 1) playing = requestAnimationFrame(step);
    else stop();
  };
  byId("play").textContent = "Pause";
  playing = requestAnimationFrame(step);
}

function addDirections() {
  generator.spec.directions.forEach((_, index) => {
    const id = `direction-${index + 1}`;
    const field = document.createElement("div");
    field.className = "field";
    const label = document.createElement("label");
    label.htmlFor = id;
    label.textContent = `Direction ${index + 1}`;
    const slider = document.createElement("input");
    const reach = generator.spec.reach;
    Object.assign(slider, { id, type: "range", min: -reach, max: reach, step: 0.1, value: 0 });
    const value = document.createElement("output");
    value.htmlFor = id;
    const show = () => (value.textContent = Number(slider.value).toFixed(1));
    slider.addEventListener("show", show);
    slider.addEventListener("input", () => {
      show();
      drawPoint();
    });
    show();
    sliders.push(slider);
    field.append(label, slider, value);
    byId("directions").append(field);
  });
}

function addClasses(count, names) {
  byId("class-field").hidden = false;
  byId("class").append(new Option("drawn by the seed", ""));
  for (let index = 0; index < count; index++) {
    const name = names?.[index] ?? String(index);
    const text = name === String(index) ? name : `${index}: ${name}`;
    byId("class").append(new Option(text, String(index)));
  }
  byId("class").addEventListener("change", drawPoint);
}

function download() {
  const file = `${name}.png`;
  const texts = { ...generator.spec.png_text, Comment: note };
  canvas.toBlob(async (blob) => {
    const png = new Uint8Array(await blob.arrayBuffer());
    const link = document.createElement("a");
    link.href = URL.createObjectURL(described(png, texts));
    link.download = file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }, "image/png");
}

function connect() {
  byId("point").addEventListener("submit", (event) => {
    event.preventDefault();
    showSeed();
  });
  byId("random").addEventListener("click", () => {
    byId("seed").value = crypto.getRandomValues(new Uint32Array(1))[0] >>> 1;
    showSeed();
  });
  byId("truncation").addEventListener("input", () => {
    byId("truncation-value").textContent = Number(byId("truncation").value).toFixed(2);
    drawPoint();
  });
  byId("reset").addEventListener("click", () => {
    resetSliders();
    drawPoint();
  });
  byId("path").addEventListener("submit", (event) => {
    event.preventDefault();
    if (playing === null) play();
    else stop();
  });
  for (const id of ["from", "to", "kind", "position"]) {
    byId(id).addEventListener("input", () => {
      stop();
      drawPosition();
    });
  }
  byId("download").addEventListener("click", download);
}

async function start() {
  const [spec, model, runtime] = await Promise.all([
    bytes("generator.json").then((text) => JSON.parse(new TextDecoder().decode(text))),
    bytes("generator.onnx"),
    bytes("onnxruntime/ort-wasm-simd-threaded.wasm"),
  ]);
  generator = await Generator.load(ort, runtime, model, spec);
  const [height, width, channels] = spec.image_shape;
  [canvas.height, canvas.width] = [height, width];
  document.title = `${spec.title}: latent explorer`;
  byId("about").textContent =
    `${spec.title}: ${width}×${height} images of ${channels} channel${channels > 1 ? "s" : ""}` +
    `${spec.shown ? ` (shown as colours: ${spec.shown})` : ""}, ` +
    `${spec.latent_dim} latent numbers, prior ${spec.prior}, ` +
    `step ${spec.training_step.toLocaleString("en")} of training.`;
  addDirections();
  if (spec.num_classes !== null) addClasses(spec.num_classes, spec.class_names);
  connect();
  byId("seed").value = new URLSearchParams(location.hash.slice(1)).get("seed") ?? "5";
  byId("explorer").hidden = false;
  byId("status").textContent = "";
  showSeed();
}

start().catch((error) => report("The generator cannot be loaded.", error));
