/** Text in PNG files: what drew them, and that they are synthetic. */

const HEADER = 8 + 4 + 4 + 13 + 4; // the signature, and the IHDR chunk that must come first

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function chunk(keyword, text) {
  // Five zeros: the keyword ends, no compression, neither language nor translation.
  const content = new TextEncoder().encode(`iTXt${keyword}\0\0\0\0\0${text}`);
  const bytes = new Uint8Array(content.length + 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length - 4);
  bytes.set(content, 4);
  view.setUint32(content.length + 4, crc32(content));
  return bytes;
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
  const chunks = Object.entries(texts).map(([keyword, text]) => chunk(keyword, text));
  return new Blob([png.slice(0, HEADER), ...chunks, png.slice(HEADER)], { type: "image/png" });
}
