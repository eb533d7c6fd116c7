/**
 * Runs the exported generator in onnxruntime-web: latents to images, images to pixels.
 *
 * Works in browsers and in Node.js, which hand in the `ort` module and the bytes.
 */

import { label, latent } from "./latents.js";

export class Generator {
  /**
   * Makes a generator from the files of the exported folder.
   *
   * @param {object} ort The module onnxruntime-web.
   * @param {Uint8Array} runtime The bytes of its WebAssembly file.
   * @param {Uint8Array} model The bytes of `generator.onnx`.
   * @param {object} spec The content of `generator.json`.
   */
  static async load(ort, runtime, model, spec) {
    ort.env.wasm.wasmBinary = runtime;
    // Threads need headers that static servers do not send; one thread is fast enough.
    ort.env.wasm.numThreads = 1;
    const session = await ort.InferenceSession.create(model, {
      executionProviders: ["wasm"],
    });
    return new Generator(ort, session, spec);
  }

  constructor(ort, session, spec) {
    this.ort = ort;
    this.session = session;
    this.spec = spec;
    this.imageSize = spec.image_shape.reduce((product, size) => product * size, 1);
    this.running = Promise.resolve();
  }

  /** The latent of a seed; the same as in Python. */
  latent(seed, truncation = 1) {
    return latent(this.spec.prior, seed, this.spec.latent_dim, truncation);
  }

  /** The class that a seed draws; null for a generator without classes. */
  label(seed) {
    return this.spec.num_classes === null ? null : label(seed, this.spec.num_classes);
  }

  /**
   * Returns the images of latents, one Float32Array `(height, width, channels)` each.
   *
   * @param {Float32Array[]} latents `latent_dim` values each.
   * @param {number[]} labels One class each; left out without classes.
   */
  async generate(latents, labels = []) {
    // A session runs one batch at a time.
    const result = this.running.then(() => this.#run(latents, labels));
    this.running = result.catch(() => {});
    return result;
  }

  async #run(latents, labels) {
    const count = latents.length;
    const size = this.spec.latent_dim;
    const z = new Float32Array(count * size);
    latents.forEach((values, index) => z.set(values, index * size));
    const feeds = { z: new this.ort.Tensor("float32", z, [count, size]) };
    if (this.spec.num_classes !== null) {
      feeds.label = new this.ort.Tensor("int32", Int32Array.from(labels), [count]);
    }
    const { image } = await this.session.run(feeds);
    const images = latents.map((_, index) =>
      image.data.slice(index * this.imageSize, (index + 1) * this.imageSize),
    );
    image.dispose();
    return images;
  }

  /** Returns the images of seeds, as `gan.sample(seeds=...)`. */
  async sample(seeds, { labels = null, truncation = 1 } = {}) {
    return this.generate(
      seeds.map((seed) => this.latent(seed, truncation)),
      labels ?? seeds.map((seed) => this.label(seed)),
    );
  }

  /**
   * Returns the red, green, blue and alpha bytes of an image in the value range.
   *
   * Of more than four channels the first three are the colours.
   */
  pixels(image) {
    const [low, high] = this.spec.value_range;
    const channels = this.spec.image_shape.at(-1);
    const hasAlpha = channels === 2 || channels === 4;
    const levels = Uint8ClampedArray.from(
      image,
      (value) => (255 * (value - low)) / (high - low), // it rounds and clips by itself
    );
    const pixels = new Uint8ClampedArray((4 * levels.length) / channels);
    for (let from = 0, to = 0; from < levels.length; from += channels, to += 4) {
      for (let color = 0; color < 3; color++) {
        pixels[to + color] = levels[from + (channels > 2 ? color : 0)];
      }
      pixels[to + 3] = hasAlpha ? levels[from + channels - 1] : 255;
    }
    return pixels;
  }
}
