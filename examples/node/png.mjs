/** Encodes pixels as a PNG file, with the compression of Node.js. */

import { deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * Returns the PNG file of `width × height` pixels of red, green, blue and alpha.
 *
 * @param {Uint8ClampedArray} pixels `4 * width * height` bytes.
 * @param {Function} chunk The function of that name in the page's `png_text.js`.
 */
export function png(pixels, width, height, chunk) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6], 8); // eight bits a channel, with alpha
  const rows = Buffer.alloc(height * (1 + 4 * width)); // each row begins with filter 0
  for (let row = 0; row < height; row++) {
    rows.set(pixels.subarray(4 * width * row, 4 * width * (row + 1)), row * (1 + 4 * width) + 1);
  }
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
