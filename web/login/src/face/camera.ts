export type CameraProblem = 'refused' | 'missing' | 'busy';
export type Camera = { ok: true; stream: MediaStream } | { ok: false; problem: CameraProblem };

/** How a picture is taken: of at most so many pixels, and JPEG's quality, 0 to 1. */
export interface Shot {
  longSide: number;
  quality: number;
}

/** More shows no more of a face, and takes longer to send. */
export const still: Shot = { longSide: 1280, quality: 0.92 };
/** Of a movement a dozen are sent, within the minute that a challenge lives: together as large as two of the others. */
export const frame: Shot = { longSide: 800, quality: 0.85 };
/** Enough to tell whether a camera shows the same picture again. */
export const thumbnail: Shot = { longSide: 160, quality: 0.9 };

/** The camera that looks at the person. The browser asks them first. */
export async function openCamera(): Promise<Camera> {
  // Pages without TLS have none at all.
  if (!navigator.mediaDevices?.getUserMedia) return { ok: false, problem: 'missing' };
  try {
    const wish = { facingMode: 'user', width: { ideal: 1280 }, height: { ideal: 960 } };
    return { ok: true, stream: await navigator.mediaDevices.getUserMedia({ video: wish, audio: false }) };
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}

function problemOf(error: unknown): CameraProblem {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'missing';
}

export function closeCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** What the camera sees now, as JPEG in a data URI; not mirrored, whatever the page shows. */
export function takePicture(video: HTMLVideoElement, { longSide, quality }: Shot): string {
  const scale = Math.min(1, longSide / Math.max(video.videoWidth, video.videoHeight));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext('2d')!.drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/jpeg', quality);
}

/** How bright a part of the picture is, 0 to 255. `box` is in parts of its size. */
export function brightness(video: HTMLVideoElement, box: { x: number; y: number; width: number; height: number }): number {
  const size = 24;
  const canvas = document.createElement('canvas');
  canvas.width = size;
  canvas.height = size;
  const drawing = canvas.getContext('2d', { willReadFrequently: true })!;
  const [width, height] = [video.videoWidth, video.videoHeight];
  drawing.drawImage(video, box.x * width, box.y * height, box.width * width, box.height * height, 0, 0, size, size);
  const { data } = drawing.getImageData(0, 0, size, size);
  let sum = 0;
  for (let at = 0; at < data.length; at += 4) sum += 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
  return sum / (size * size);
}
