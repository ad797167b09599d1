// Prints what a model answers to the self-test's input, for the manifests. Only needed where a model changes:
//   node known_outputs.mjs <folder of onnxruntime-node> <model.onnx> <size> <output> [<how many> [<amplitude>]]
// It takes ONNX Runtime's binding for Node.js, which needs onnxruntime-common beside it.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [runtime, path, size, output, count = '8', amplitude = '1'] = process.argv.slice(2);
const ort = createRequire(join(runtime, 'package.json'))('onnxruntime-node');

/** The same numbers as self_test_input in src/face/models.cpp. */
function selfTestInput(length) {
  let state = 12345;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2147483648 - 1) * Number(amplitude);
  });
}

const side = Number(size);
const session = await ort.InferenceSession.create(path);
const input = new ort.Tensor('float32', selfTestInput(3 * side * side), [1, 3, side, side]);
const answers = await session.run({ [session.inputNames[0]]: input });
console.log(JSON.stringify([...answers[output].data.slice(0, Number(count))]));
