// Writes ONNX files: the little of protobuf and of the format that our models need. Opset 9, so that
// both ONNX Runtime and OpenCV read them. Field numbers: onnx.proto of the ONNX project.

const FLOAT = 1, INT64 = 7;

function varint(value) {
  const bytes = [];
  let rest = BigInt(value);
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest ? low | 0x80 : low);
  } while (rest);
  return Buffer.from(bytes);
}

const integer = (field, value) => Buffer.concat([varint(field << 3), varint(value)]);
const bytes = (field, value) =>
  Buffer.concat([varint((field << 3) | 2), varint(value.length), value]);
const text = (field, value) => bytes(field, Buffer.from(value));

function float(field, value) {
  const raw = Buffer.alloc(4);
  raw.writeFloatLE(value);
  return Buffer.concat([varint((field << 3) | 5), raw]);
}

function attribute(name, value) {
  if (Array.isArray(value)) {
    return Buffer.concat([text(1, name), ...value.map((v) => integer(8, v)), integer(20, 7)]);
  }
  if (typeof value === 'object') {
    return Buffer.concat([text(1, name), float(2, value.float), integer(20, 1)]);
  }
  return Buffer.concat([text(1, name), integer(3, value), integer(20, 2)]);
}

function tensor(name, shape, type, raw) {
  return Buffer.concat([...shape.map((d) => integer(1, d)), integer(2, type), text(8, name),
    bytes(9, raw)]);
}

function valueInfo(name, shape) {
  const dims = shape.map((d) => bytes(1, integer(1, d)));
  const tensorType = Buffer.concat([integer(1, FLOAT), bytes(2, Buffer.concat(dims))]);
  return Buffer.concat([text(1, name), bytes(2, bytes(1, tensorType))]);
}

/** A model in the making. Tensors are {name, shape}, four dimensions as [1, C, H, W]. */
export class Graph {
  #nodes = [];
  #initializers = [];
  #inputs = [];
  #outputs = [];
  #count = 0;

  input(name, shape) {
    this.#inputs.push(valueInfo(name, shape));
    return { name, shape };
  }

  output(tensorOut, name) {
    this.node('Identity', [tensorOut], tensorOut.shape, {}, name);
    this.#outputs.push(valueInfo(name, tensorOut.shape));
  }

  constant(values, shape) {
    const name = `c${this.#count++}`;
    const raw = Buffer.alloc(values.length * 4);
    values.forEach((v, i) => raw.writeFloatLE(v, i * 4));
    this.#initializers.push(tensor(name, shape, FLOAT, raw));
    return { name, shape };
  }

  #integers(values) {
    const name = `c${this.#count++}`;
    const raw = Buffer.alloc(values.length * 8);
    values.forEach((v, i) => raw.writeBigInt64LE(BigInt(v), i * 8));
    this.#initializers.push(tensor(name, [values.length], INT64, raw));
    return { name };
  }

  node(type, inputs, shape, attributes = {}, name = `t${this.#count++}`) {
    this.#nodes.push(Buffer.concat([
      ...inputs.map((i) => text(1, i.name)), text(2, name), text(3, `n_${name}`), text(4, type),
      ...Object.entries(attributes).map(([key, value]) => bytes(5, attribute(key, value)))]));
    return { name, shape };
  }

  reshape(x, shape) {
    return this.node('Reshape', [x, this.#integers(shape)], shape);
  }

  /** Weights as TensorFlow has them: [H, W, in, out], or depthwise [H, W, C, multiplier]. */
  conv(x, filter, bias, { stride, same, depthwise = false }) {
    const [h, w, a, b] = filter.shape;
    const out = depthwise ? a * b : b;
    const inner = depthwise ? 1 : a;
    const swapped = new Float32Array(filter.values.length);
    for (let o = 0; o < out; o++) {
      for (let i = 0; i < inner; i++) {
        for (let k = 0; k < h * w; k++) {
          // Depthwise: the last two dimensions, C and multiplier, are the outputs in order.
          const from = depthwise ? k * out + o : (k * a + i) * b + o;
          swapped[(o * inner + i) * h * w + k] = filter.values[from];
        }
      }
    }
    const inputs = [x, this.constant(swapped, [out, inner, h, w])];
    if (bias) inputs.push(this.constant(bias, [out]));
    const { pads, size } = padding(x.shape, [h, w], stride, same);
    return this.node('Conv', inputs, [1, out, ...size], {
      kernel_shape: [h, w], strides: [stride, stride], pads, group: depthwise ? a : 1,
    });
  }

  pool(type, x, kernel, stride, same) {
    const { pads, size } = padding(x.shape, [kernel, kernel], stride, same);
    return this.node(type, [x], [1, x.shape[1], ...size],
      { kernel_shape: [kernel, kernel], strides: [stride, stride], pads });
  }

  /** The whole file. */
  bytes(name) {
    const graph = Buffer.concat([
      ...this.#nodes.map((n) => bytes(1, n)), text(2, name),
      ...this.#initializers.map((i) => bytes(5, i)),
      ...this.#inputs.map((i) => bytes(11, i)), ...this.#outputs.map((o) => bytes(12, o))]);
    return Buffer.concat([integer(1, 8), text(2, 'accessd'), bytes(7, graph),
      bytes(8, Buffer.concat([text(1, ''), integer(2, 9)]))]);
  }
}

/** SAME as TensorFlow means it: an odd pixel goes to the bottom and the right. */
function padding([, , height, width], [kernelH, kernelW], stride, same) {
  const one = (length, kernel) => {
    if (!same) return [0, 0, Math.floor((length - kernel) / stride) + 1];
    const out = Math.ceil(length / stride);
    const total = Math.max(0, (out - 1) * stride + kernel - length);
    return [Math.floor(total / 2), total - Math.floor(total / 2), out];
  };
  const [top, bottom, h] = one(height, kernelH);
  const [left, right, w] = one(width, kernelW);
  return { pads: [top, left, bottom, right], size: [h, w] };
}
