import { landmarks, detector as detectorFile } from 'virtual:face-models';
import * as faceapi from '@vladmandic/face-api';
import { brightness } from './camera';
import { poseOf, type Sight } from './pose';

export type Looked = { kind: 'one'; sight: Sight } | { kind: 'none' } | { kind: 'many' };

/** Finds faces in what the camera sees, in this browser: no picture leaves it for that. */
export interface Detector {
  look(video: HTMLVideoElement): Promise<Looked>;
}

interface Backends {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
}

/** On the graphics processor where there is one; its third way, WebAssembly, would need a laxer policy. */
async function hasGraphics(): Promise<boolean> {
  const tf = faceapi.tf as unknown as Backends;
  const hasWebgl = await tf.setBackend('webgl').catch(() => false);
  if (!hasWebgl) await tf.setBackend('cpu');
  await tf.ready();
  return hasWebgl;
}

/** Loads the small models (270 KB). Errors: rejects where the browser can't run them. */
export async function loadDetector(): Promise<Detector> {
  // A near face is found in a small picture, too, which a slow device looks through three times as fast.
  const inputSize = (await hasGraphics()) ? 224 : 128;
  await Promise.all([
    faceapi.nets.tinyFaceDetector.loadFromUri(detectorFile),
    faceapi.nets.faceLandmark68TinyNet.loadFromUri(landmarks),
  ]);
  const options = new faceapi.TinyFaceDetectorOptions({ inputSize, scoreThreshold: 0.45 });
  return {
    async look(video) {
      const found = await faceapi.detectAllFaces(video, options).withFaceLandmarks(true);
      const [face, other] = found;
      if (!face) return { kind: 'none' };
      if (other) return { kind: 'many' };
      const [width, height] = [video.videoWidth, video.videoHeight];
      const { x, y, width: w, height: h } = face.detection.box;
      const box = { x: x / width, y: y / height, width: w / width, height: h / height };
      return { kind: 'one', sight: { box, ...poseOf(face.landmarks.positions), light: brightness(video, box) } };
    },
  };
}
