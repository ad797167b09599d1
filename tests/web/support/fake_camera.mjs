// A camera that sees a person: one of a group photograph of @vladmandic/face-api, moving a little.
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { openBrowser } from './browser.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const require = createRequire(path.join(root, 'web/package.json'));
const photograph = path.join(path.dirname(require.resolve('@vladmandic/face-api/package.json')), 'demo/sample1.jpg');
const PERSON = { x: 1266, y: 94, width: 640, height: 480 }; // Looks straight, and fills half of the height.
const UPRIGHT = -40; // Degrees. She holds her head aside by 44, which is more than enrolment takes.
const FRAMES = 144; // 24 s, and no two of them alike: a real camera never shows the same picture twice.

/** Writes a film of that person, as Chromium's fake camera plays it: JPEGs one after the other. */
export async function filmPerson(file) {
  const browser = await openBrowser();
  const page = await browser.newPage();
  const source = `data:image/jpeg;base64,${(await readFile(photograph)).toString('base64')}`;
  const frames = await page.evaluate(
    async ({ source, person, upright, count }) => {
      const picture = new Image();
      picture.src = source;
      await picture.decode();
      const canvas = document.createElement('canvas');
      canvas.width = person.width;
      canvas.height = person.height;
      const drawing = canvas.getContext('2d');
      drawing.fillStyle = '#3c3c3c';
      drawing.fillRect(0, 0, person.width, person.height);
      drawing.translate(person.width / 2, person.height / 2);
      drawing.rotate((upright * Math.PI) / 180);
      drawing.translate(-person.x - person.width / 2, -person.y - person.height / 2);
      return Array.from({ length: count }, (_, at) => {
        const turn = (2 * Math.PI * at) / count;
        drawing.drawImage(picture, -3 * Math.sin(6 * turn), 2 * Math.cos(turn));
        return canvas.toDataURL('image/jpeg', 0.95).split(',')[1];
      });
    },
    { source, person: PERSON, upright: UPRIGHT, count: FRAMES },
  );
  await browser.close();
  await writeFile(file, Buffer.concat(frames.map((frame) => Buffer.from(frame, 'base64'))));
}

/**
 * A browser with that camera, which asks nobody. Without WebGL: in software it is slower than none. Drawing itself stays as it is:
 * with `--disable-software-rasterizer` everything takes a third less, and once in some runs a picture of the page never came.
 */
export function openBrowserWithCamera(file) {
  return openBrowser({
    args: [
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream=fps=6', // More would only keep a busy machine's processors busy.
      `--use-file-for-fake-video-capture=${file}`,
      '--disable-3d-apis',
    ],
  });
}
