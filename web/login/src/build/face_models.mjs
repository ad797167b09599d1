// The module virtual:face-models: the files of the small face detector, served with their hash in their name.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const MODELS = { detector: 'tiny_face_detector_model', landmarks: 'face_landmark_68_tiny_model' };
const NAME = 'virtual:face-models';

function hashed(name, bytes, end) {
  return `${name}-${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}.${end}`;
}

export function faceModels(base) {
  const folder = path.join(path.dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'model');
  return {
    name: 'face-models',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load(id) {
      if (id !== `\0${NAME}`) return undefined;
      const lines = Object.entries(MODELS).map(([what, model]) => {
        const weights = readFileSync(path.join(folder, `${model}.bin`));
        const weightsFile = hashed(model, weights, 'bin');
        const manifest = JSON.parse(readFileSync(path.join(folder, `${model}-weights_manifest.json`), 'utf8'));
        manifest[0].paths = [weightsFile];
        const text = JSON.stringify(manifest);
        const manifestFile = hashed(model, text, 'json');
        this.emitFile({ type: 'asset', fileName: `assets/${weightsFile}`, source: weights });
        this.emitFile({ type: 'asset', fileName: `assets/${manifestFile}`, source: text });
        return `export const ${what} = ${JSON.stringify(`${base}assets/${manifestFile}`)};`;
      });
      return lines.join('\n');
    },
  };
}
