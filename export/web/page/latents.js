/**
 * Seeds to latents and labels, exactly as `keras_gan.priors` defines them.
 *
 * A seed is a 64-bit integer (a BigInt, or a Number that is a safe integer). Its random
 * numbers are Philox4x32-10 (Salmon et al. 2011): the key is the seed's 64 bits, the
 * counter is (block, 0, 0, purpose), word w is the uniform number (w + 0.5) / 2^32.
 * Everything is computed in float64 and rounded once. Runs in browsers and in Node.js.
 */

const LATENT = 0;
const LABEL = 1;
const CHILD = 2;

/** The upper 32 bits of the product of two 32-bit words. */
function high(a, b) {
  const [aHigh, aLow] = [a >>> 16, a & 0xffff];
  const [bHigh, bLow] = [b >>> 16, b & 0xffff];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const rest = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + (rest >>> 16)) >>> 0;
}

/** The ten rounds: four words of counter and two of key to four random words. */
export function philox4x32([c0, c1, c2, c3], [k0, k1]) {
  for (let round = 0; round < 10; round++) {
    if (round > 0) {
      k0 = (k0 + 0x9e3779b9) >>> 0;
      k1 = (k1 + 0xbb67ae85) >>> 0;
    }
    const [high0, low0] = [high(0xd2511f53, c0), Math.imul(0xd2511f53, c0) >>> 0];
    const [high2, low2] = [high(0xcd9e8d57, c2), Math.imul(0xcd9e8d57, c2) >>> 0];
    [c0, c1, c2, c3] = [(high2 ^ c1 ^ k0) >>> 0, low2, (high0 ^ c3 ^ k1) >>> 0, low0];
  }
  return [c0, c1, c2, c3];
}

function words(block, seed, purpose) {
  const bits = BigInt.asUintN(64, BigInt(seed));
  const key = [Number(bits & 0xffffffffn), Number(bits >> 32n)];
  return philox4x32([block, 0, 0, purpose], key);
}

function uniforms(seed, count) {
  const values = [];
  for (let block = 0; 4 * block < count; block++) {
    for (const word of words(block, seed, LATENT)) values.push((word + 0.5) / 2 ** 32);
  }
  return values.slice(0, count);
}

function normals(seed, count) {
  const u = uniforms(seed, count + (count % 2));
  const values = [];
  for (let pair = 0; pair < u.length; pair += 2) {
    const radius = Math.sqrt(-2 * Math.log(u[pair]));
    const angle = 2 * Math.PI * u[pair + 1];
    values.push(radius * Math.cos(angle), radius * Math.sin(angle));
  }
  return values.slice(0, count);
}

/** Scales a vector to the length √dimension of the sphere prior. */
export function toSphere(z) {
  const norm = Math.sqrt(z.reduce((sum, value) => sum + value * value, 0));
  return norm > 0 ? z.map((value) => (Math.sqrt(z.length) * value) / norm) : z;
}

const PRIORS = {
  normal: normals,
  uniform: (seed, count) => uniforms(seed, count).map((u) => Math.sqrt(3) * (2 * u - 1)),
  sphere: (seed, count) => toSphere(normals(seed, count)),
};

/**
 * The latent of a seed, as `Prior.latents` returns it.
 *
 * @param {string} prior "normal", "uniform" or "sphere".
 * @param {bigint|number} seed A 64-bit integer.
 * @param {number} latentDim The size of a latent.
 * @param {number} truncation Factor in (0, 1] that draws it towards the mean.
 * @returns {Float32Array} `latentDim` values.
 */
export function latent(prior, seed, latentDim, truncation = 1) {
  if (!Object.hasOwn(PRIORS, prior)) {
    throw new RangeError(`prior must be normal, uniform or sphere; got ${prior}.`);
  }
  if (!(truncation > 0 && truncation <= 1)) {
    throw new RangeError(`truncation must be in (0, 1]; got ${truncation}.`);
  }
  return Float32Array.from(PRIORS[prior](seed, latentDim), (value) => value * truncation);
}

/** The class that a seed draws, as `priors.labels`: an integer below `numClasses`. */
export function label(seed, numClasses) {
  return Number((BigInt(words(0, seed, LABEL)[0]) * BigInt(numClasses)) >> 32n);
}

/** The seeds of the `n` images that one seed stands for, as `priors.spawn_seeds`. */
export function spawnSeeds(seed, n) {
  return Array.from({ length: n }, (_, index) => {
    const [low, upper] = words(index, seed, CHILD);
    return (BigInt(upper & 0x1fffff) << 32n) | BigInt(low);
  });
}

/** Reads a seed as people write it; throws a RangeError with what is expected. */
export function parseSeed(text) {
  const digits = text.trim();
  const seed = /^[+-]?[0-9]{1,20}$/.test(digits) ? BigInt(digits.replace("+", "")) : null;
  if (seed === null || seed < -(2n ** 63n) || seed >= 2n ** 63n) {
    throw new RangeError("A seed is an integer from −2⁶³ to 2⁶³ − 1.");
  }
  return seed;
}

/**
 * The latent at share `t` of the way between two, as `plotting.interpolate`.
 *
 * @param {Float32Array} start The latent at t = 0.
 * @param {Float32Array} end The latent at t = 1.
 * @param {number} t In [0, 1].
 * @param {string} kind "linear" or "spherical".
 */
export function between(start, end, t, kind = "linear") {
  let [fromStart, fromEnd] = [1 - t, t];
  if (kind === "spherical") {
    const dot = (a, b) => a.reduce((sum, value, index) => sum + value * b[index], 0);
    const lengths = Math.sqrt(dot(start, start)) * Math.sqrt(dot(end, end));
    const cosine = dot(start, end) / (lengths || 1);
    const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
    // Latents on one line through the origin have no circle between them.
    if (lengths > 0 && Math.sin(angle) >= 1e-6) {
      fromStart = Math.sin((1 - t) * angle) / Math.sin(angle);
      fromEnd = Math.sin(t * angle) / Math.sin(angle);
    }
  }
  return start.map((value, index) => fromStart * value + fromEnd * end[index]);
}
