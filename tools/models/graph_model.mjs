// Turns a graph model of TensorFlow.js into ONNX. Pictures are stored channel by channel (NCHW) all the way,
// as ONNX wants them; weights are turned around here, once. Only where a model flattens its result is the order
// of TensorFlow (NHWC) restored.
import { readFileSync } from 'node:fs';
import { Graph } from './onnx.mjs';
import { readWeights } from './weights.mjs';

const decoded = (base64) => Buffer.from(base64, 'base64').toString();
const same = (node) => decoded(node.attr.padding.s) === 'SAME';
const stride = (node) => Number(node.attr.strides.list.i[1]);

/** `outputs`: name of a node → name of the output in the new file. */
export function convertGraphModel(jsonPath, binaryPath, size, outputs, name) {
  const model = JSON.parse(readFileSync(jsonPath, 'utf8'));
  const weights = readWeights(model.weightsManifest[0].weights, binaryPath);
  const nodes = new Map(model.modelTopology.node.map((node) => [node.name, node]));
  const graph = new Graph();
  const made = new Map();

  const constant = (key) => weights.get(key.replace(/:0$/, ''));
  const tensor = (key) => {
    const clean = key.replace(/:0$/, '');
    if (!made.has(clean)) made.set(clean, convert(nodes.get(clean)));
    return made.get(clean);
  };

  /** A constant beside a picture: one number for each channel. */
  const perChannel = (key) => {
    const { values } = constant(key);
    return graph.constant(values, [1, values.length, 1, 1]);
  };
  const operand = (key) => (constant(key) ? perChannel(key) : tensor(key));

  function activated(x, node, slope) {
    for (const op of (node.attr.fused_ops?.list.s ?? []).map(decoded)) {
      if (op === 'BiasAdd') continue;  // Part of the convolution.
      if (op === 'Relu') x = graph.node('Relu', [x], x.shape);
      else if (op === 'Relu6') x = graph.node('Clip', [x], x.shape, { min: { float: 0 }, max: { float: 6 } });
      else if (op === 'Prelu') x = prelu(x, slope);
      else throw new Error(`${node.name}: fused ${op} is unknown`);
    }
    return x;
  }

  function prelu(x, key) {
    const { values } = constant(key);
    return graph.node('PRelu', [x, graph.constant(values, [values.length, 1, 1])], x.shape);
  }

  function pad(x, key) {
    const [[n0, n1], [h0, h1], [w0, w1], [c0, c1]] = pairs(constant(key).values);
    const [n, c, h, w] = x.shape;
    return graph.node('Pad', [x], [n + n0 + n1, c + c0 + c1, h + h0 + h1, w + w0 + w1],
      { pads: [n0, c0, h0, w0, n1, c1, h1, w1] });
  }

  function reshape(x, key) {
    if (x.shape.length === 4) {
      const [n, c, h, w] = x.shape;
      x = graph.node('Transpose', [x], [n, h, w, c], { perm: [0, 2, 3, 1] });
    }
    const count = x.shape.reduce((a, b) => a * b, 1);
    const shape = [...constant(key).values];
    const known = shape.filter((d) => d > 0).reduce((a, b) => a * b, 1);
    return graph.reshape(x, shape.map((d) => (d > 0 ? d : count / known)));
  }

  function clip(node) {
    // Minimum(x, high), then Maximum of it and low.
    const inner = nodes.get(node.input[0]);
    const [low] = constant(node.input[1]).values;
    const [high] = constant(inner.input[1]).values;
    const x = tensor(inner.input[0]);
    return graph.node('Clip', [x], x.shape, { min: { float: low }, max: { float: high } });
  }

  function mean(node) {
    const x = tensor(node.input[0]);
    const pooled = graph.node('GlobalAveragePool', [x], [1, x.shape[1], 1, 1]);
    return graph.reshape(pooled, [1, x.shape[1]]);
  }

  function convert(node) {
    const [first, second, third, fourth] = node.input ?? [];
    switch (node.op) {
      case 'Placeholder': return graph.input('input', [1, 3, size, size]);
      case 'Conv2D':
      case '_FusedConv2D': {
        const x = graph.conv(tensor(first), constant(second), third && constant(third).values,
          { stride: stride(node), same: same(node) });
        return activated(x, node, fourth);
      }
      case 'DepthwiseConv2dNative':
        return graph.conv(tensor(first), constant(second), undefined,
          { stride: stride(node), same: same(node), depthwise: true });
      case 'AddV2':
      case 'Add': { const x = tensor(first); return graph.node('Add', [x, operand(second)], x.shape); }
      case 'Mul': { const x = tensor(first); return graph.node('Mul', [x, operand(second)], x.shape); }
      case 'Relu':
      case 'Sigmoid': { const x = tensor(first); return graph.node(node.op, [x], x.shape); }
      case 'Prelu': return prelu(tensor(first), second);
      case 'Maximum': return clip(node);
      case 'MaxPool':
        return graph.pool('MaxPool', tensor(first), Number(node.attr.ksize.list.i[1]), stride(node), same(node));
      case 'Pad': return pad(tensor(first), second);
      case 'Reshape': return reshape(tensor(first), second);
      case 'Mean': return mean(node);
      case 'Identity': return tensor(first);
      default: throw new Error(`${node.name}: operation ${node.op} is unknown`);
    }
  }

  for (const [from, to] of Object.entries(outputs)) graph.output(tensor(from), to);
  return graph.bytes(name);
}

function pairs(flat) {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
}
