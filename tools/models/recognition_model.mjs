// The recognition net of face-api: the package holds weights alone, so its shape is written out here. It is
// dlib's residual net of 29 convolutions: https://blog.dlib.net/2017/02/high-quality-face-recognition-with-deep.html
import { readFileSync } from 'node:fs';
import { Graph } from './onnx.mjs';
import { readWeights } from './weights.mjs';

const LAYERS = ['conv32_1', 'conv32_2', 'conv32_3', 'conv64_down', 'conv64_1', 'conv64_2', 'conv64_3',
  'conv128_down', 'conv128_1', 'conv128_2', 'conv256_down', 'conv256_1', 'conv256_2', 'conv256_down_out'];

/** Input: RGB, already shifted and scaled. Output: 128 numbers, not yet of length 1. */
export function convertRecognition(manifestPath, binaryPath, name) {
  const list = JSON.parse(readFileSync(manifestPath, 'utf8'))[0].weights;
  const weights = readWeights(list, binaryPath);
  const graph = new Graph();

  /** Convolution and the scale behind it, as one convolution. */
  function conv(x, layer, options) {
    const filter = weights.get(`${layer}/conv/filters`);
    const scale = weights.get(`${layer}/scale/weights`).values;
    const shift = weights.get(`${layer}/scale/biases`).values;
    const bias = weights.get(`${layer}/conv/bias`).values;
    const out = scale.length;
    return graph.conv(x,
      { shape: filter.shape, values: filter.values.map((v, i) => v * scale[i % out]) },
      bias.map((b, i) => b * scale[i] + shift[i]), options);
  }
  const relu = (x) => graph.node('Relu', [x], x.shape);
  const add = (a, b) => graph.node('Add', [a, b], a.shape);

  function residual(x, layer) {
    const inner = relu(conv(x, `${layer}/conv1`, { stride: 1, same: true }));
    return relu(add(conv(inner, `${layer}/conv2`, { stride: 1, same: true }), x));
  }

  function down(x, layer) {
    const inner = relu(conv(x, `${layer}/conv1`, { stride: 2, same: false }));
    let main = conv(inner, `${layer}/conv2`, { stride: 1, same: true });
    let shortcut = graph.pool('AveragePool', x, 2, 2, false);
    // The branch of convolutions may be one row and column smaller, the shortcut has half the channels.
    main = grown(main, [1, main.shape[1], shortcut.shape[2], shortcut.shape[3]]);
    shortcut = grown(shortcut, main.shape);
    return relu(add(main, shortcut));
  }

  function grown(x, shape) {
    const missing = shape.map((d, i) => d - x.shape[i]);
    if (missing.every((m) => m === 0)) return x;
    return graph.node('Pad', [x], shape, { pads: [0, 0, 0, 0, ...missing] });
  }

  let x = graph.input('input', [1, 3, 150, 150]);
  x = relu(conv(x, 'conv32_down', { stride: 2, same: false }));
  x = graph.pool('MaxPool', x, 3, 2, false);
  for (const layer of LAYERS) x = layer.includes('down') ? down(x, layer) : residual(x, layer);

  const pooled = graph.node('GlobalAveragePool', [x], [1, 256, 1, 1]);
  const fc = weights.get('fc');
  const embedding = graph.node('MatMul', [graph.reshape(pooled, [1, 256]), graph.constant(fc.values, fc.shape)], [1, 128]);
  graph.output(embedding, 'embedding');
  return graph.bytes(name);
}
