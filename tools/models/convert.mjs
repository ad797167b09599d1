// Writes ONNX files from the packages' files: node convert.mjs <human> <face-api> <folder for the result>
//
// The same input makes the same bytes, which made.sha256 pins. It needs nothing but Node.js.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertGraphModel } from './graph_model.mjs';
import { convertRecognition } from './recognition_model.mjs';

const [human, faceApi, target] = process.argv.slice(2);
if (!target) {
  console.error('usage: node convert.mjs <human package> <face-api package> <folder>');
  process.exit(2);
}

const fromHuman = (name, size, outputs) => convertGraphModel(
  join(human, `models/${name}.json`), join(human, `models/${name}.bin`), size, outputs, name);

const files = {
  'blazeface.onnx': () => fromHuman('blazeface', 256, {
    Identity: 'scores_16', Identity_1: 'scores_8', Identity_2: 'boxes_16', Identity_3: 'boxes_8',
  }),
  'facemesh.onnx': () => fromHuman('facemesh', 192, { Identity_2: 'mesh', Identity_1: 'flag' }),
  'faceres.onnx': () => fromHuman('faceres', 224, { 'global_pooling/Mean': 'embedding' }),
  'recognition.onnx': () => convertRecognition(
    join(faceApi, 'model/face_recognition_model-weights_manifest.json'),
    join(faceApi, 'model/face_recognition_model.bin'), 'recognition'),
};
for (const [name, make] of Object.entries(files)) writeFileSync(join(target, name), make());
