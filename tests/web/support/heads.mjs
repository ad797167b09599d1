// People before a camera: the head of a photograph, rendered as a body in space that turns (tests/tools/head_frames.cpp), as
// a film for Chromium's fake camera, or as a camera in the page that does what it is asked for.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** Photograph and place from the left. */
export const people = { ana: [6, 0], luisa: [3, 0] };

/** Renders a person into a folder of their own. `time` is another for each time that they come. Returns the folder. */
export async function renderHead(folder, name, time) {
  const program = process.env.ACCESSD_HEAD_FRAMES;
  assert.ok(program, 'set ACCESSD_HEAD_FRAMES to the program head_frames, such as build/release/tests/head_frames');
  const frames = path.join(folder, `${name}-${time}`);
  await mkdir(frames);
  // Its error says how to get the models where they are missing.
  await promisify(execFile)(path.resolve(program), [...people[name].map(String), String(time), frames], { timeout: 600_000 });
  return frames;
}

async function read(frames, prefix) {
  const files = (await readdir(frames)).filter((file) => file.startsWith(prefix)).sort();
  return Promise.all(files.map((file) => readFile(path.join(frames, file))));
}

/** Somebody who looks straight, as the fake camera plays it: JPEGs one after the other, again and again. */
export async function filmStraight(frames, file, count = 24) {
  await writeFile(file, Buffer.concat((await read(frames, 'straight')).slice(0, count)));
}

const prompts = ['turn_left', 'turn_right', 'look_up', 'look_down', 'come_closer', 'blink'];

/**
 * Gives the page a camera before which the person does what the page says: `words` are its words for each prompt. Every frame is
 * another one, as from a camera. `half`: which of their straight looks they have, where they come twice: a picture counts once.
 * `isFlat`: as soon as movements are asked for, a photograph in a hand is before the camera instead.
 */
export async function standBefore(page, frames, words, { half, isFlat = false } = {}) {
  const shown = await everything(frames);
  const middle = shown.straight.length / 2;
  if (half === 'first') shown.straight = shown.straight.slice(0, middle);
  if (half === 'second') shown.straight = shown.straight.slice(middle);
  if (isFlat) for (const prompt of prompts) shown[prompt] = shown.straight.slice(-1);
  if (isFlat) shown.straight.pop();
  await page.addInitScript(playPerson, { shown, words, isFlat });
}

/** The same person at another time, from when the page opens its camera next. */
export async function standOtherwise(page, frames) {
  await page.evaluate((shown) => (window.person = shown), await everything(frames));
}

/** A folder's JPEGs by what they show, in Base64. */
async function everything(frames) {
  const shown = {};
  for (const what of ['straight', ...prompts]) {
    shown[what] = (await read(frames, what)).map((jpeg) => jpeg.toString('base64'));
  }
  return shown;
}

/** Runs in the page. */
function playPerson({ shown, words, isFlat }) {
  window.person = shown;
  const EVERY_MS = 70; // More often than pictures are taken, so that none is taken twice.
  const asked = () => {
    const said = document.querySelector('.cue')?.textContent;
    return Object.keys(words).find((prompt) => words[prompt] === said) ?? 'straight';
  };
  const toPicture = (jpeg) =>
    createImageBitmap(new Blob([Uint8Array.from(atob(jpeg), (letter) => letter.charCodeAt(0))], { type: 'image/jpeg' }));
  const open = async () => {
    const pictures = {};
    for (const [what, list] of Object.entries(window.person)) pictures[what] = await Promise.all(list.map(toPicture));
    const { width, height } = pictures.straight[0];
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const drawing = canvas.getContext('2d');
    let at = -1;
    const draw = () => {
      const what = asked();
      at += 1;
      const [x, y] = isFlat && what !== 'straight' ? [4 * Math.sin(at), 4 * Math.cos(at)] : [0, 0]; // A hand isn't still.
      drawing.drawImage(pictures[what][at % pictures[what].length], x, y);
    };
    draw();
    const stream = canvas.captureStream();
    const timer = setInterval(() => {
      if (stream.getTracks().every((track) => track.readyState === 'ended')) clearInterval(timer);
      else draw();
    }, EVERY_MS);
    return stream;
  };
  if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = open;
}
