/**
 * Writes chunks of PNG files, and adds text to them: what drew them, and that they are
 * synthetic. Runs in browsers and in Node.js.
 */

const HEADER = 8 + 4 + 4 + 13 + 4; // the signature, and the IHDR chunk that must come first

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/**
 * Returns a chunk: its length, its type, its data and their checksum.
 *
 * @param {string} type Four letters.
 * @param {Uint8Array} data
 */
export function chunk(type, data) {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}

function textChunk(keyword, text) {
  // Five zeros: the keyword ends, no compression, neither language nor translation.
  return chunk("iTXt", new TextEncoder().encode(`${keyword}\0\0\0\0\0${text}`));
}

/**
 * Returns a PNG file with more text, as a Blob.
 *
 * Source: the iTXt chunk of W3C, "Portable Network Graphics Specification", 2003,
 * §11.3.4.5.
 *
 * @param {Uint8Array} png The file.
 * @param {object} texts Keyword to text.
 */
export function described(png, texts) {
  const chunks = Object.entries(texts).map(([keyword, text]) => textChunk(keyword, text));
  return new Blob([png.slice(0, HEADER), ...chunks, png.slice(HEADER)], { type: "image/png" });
}
