/**
 * Draws images in Node.js from a folder that `keras-gan export web` wrote.
 *
 *     node draw.mjs FOLDER OUT SEED[:LABEL] ...
 *
 * OUT is a folder for PNG files, one per seed, or the name of a file ending in .f32 for
 * all images, each as float32 (height, width, channels). Without a label, the seed chooses
 * the class. A seed gives the same image as in Python. The PNG files carry the text that
 * the page writes: that they are synthetic, the generator, the seed and the class. Nothing
 * has to be installed: FOLDER holds onnxruntime-web and the modules of the page.
 */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { png } from "./png.mjs";

async function main([folder, out, ...requests]) {
  if (requests.length === 0) {
    throw new Error("usage: node draw.mjs FOLDER OUT SEED[:LABEL] ...");
  }
  const module = (name) => import(pathToFileURL(resolve(folder, name)));
  const [ort, { Generator }, { parseSeed }, { chunk, described }] = await Promise.all(
    ["onnxruntime/ort.wasm.bundle.min.js", "generator.js", "latents.js", "png_text.js"].map(module),
  );
  const generator = await Generator.load(
    ort,
    await readFile(join(folder, "onnxruntime", "ort-wasm-simd-threaded.wasm")),
    await readFile(join(folder, "generator.onnx")),
    JSON.parse(await readFile(join(folder, "generator.json"), "utf8")),
  );

  const seeds = requests.map((request) => parseSeed(request.split(":")[0]));
  const labels = requests.map((request, index) => {
    const label = request.split(":")[1];
    return label === undefined ? generator.label(seeds[index]) : Number(label);
  });
  const images = await generator.sample(seeds, { labels });

  const [height, width, channels] = generator.spec.image_shape;
  if (out.endsWith(".f32")) {
    await writeFile(out, Buffer.concat(images.map((image) => Buffer.from(image.buffer))));
  } else {
    await mkdir(out, { recursive: true });
    for (const [index, image] of images.entries()) {
      const [seed, label] = [seeds[index], labels[index]];
      const drawn = label === null ? `seed ${seed}` : `seed ${seed}, class ${label}`;
      const texts = {
        ...generator.spec.png_text,
        Comment: `generator ${generator.spec.title}, ${drawn}`,
      };
      const file = described(png(generator.pixels(image), width, height, chunk), texts);
      await writeFile(join(out, `seed_${seed}.png`), Buffer.from(await file.arrayBuffer()));
    }
  }
  console.log(`${images.length} images of ${height} ${width} ${channels}: ${out}`);
}

main(process.argv.slice(2)).catch((error) => {
  console.error(`draw: ${error.message}`);
  process.exitCode = 1;
});
