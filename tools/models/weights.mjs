// Reads the weights of TensorFlow.js: a list of tensors over one binary file.
import { readFileSync } from 'node:fs';

function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * 2 ** -24 * fraction;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

/** name → {shape, values}, decoded to plain numbers. */
export function readWeights(list, binaryPath) {
  const binary = readFileSync(binaryPath);
  const tensors = new Map();
  let at = 0;
  for (const { name, shape, dtype, quantization } of list) {
    const count = shape.reduce((a, b) => a * b, 1);
    const stored = quantization?.dtype ?? dtype;
    const values = new Array(count);
    for (let i = 0; i < count; i++) {
      switch (stored) {
        case 'float32': values[i] = binary.readFloatLE(at); at += 4; break;
        case 'int32': values[i] = binary.readInt32LE(at); at += 4; break;
        case 'float16': values[i] = half(binary.readUInt16LE(at)); at += 2; break;
        case 'uint8':
          values[i] = Math.fround(binary.readUInt8(at) * quantization.scale + quantization.min);
          at += 1;
          break;
        default: throw new Error(`${name}: numbers of type ${stored} are unknown`);
      }
    }
    tensors.set(name, { shape, values });
  }
  if (at !== binary.length) throw new Error(`${binaryPath}: ${binary.length - at} bytes too many`);
  return tensors;
}
