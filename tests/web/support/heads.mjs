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
 * Gives the page a camera that shows the person: straight, or, while `window.performed` names a prompt, what it asks for.
 * Every frame is another one, as from a camera; none comes twice while others are left.
 */
export async function actBefore(page, frames) {
  const shown = {};
  for (const what of ['straight', ...prompts]) {
    shown[what] = (await read(frames, what)).map((jpeg) => `data:image/jpeg;base64,${jpeg.toString('base64')}`);
  }
  await page.addInitScript((sources) => {
    window.performed = 'straight';
    navigator.mediaDevices.getUserMedia = async () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 480, height: 480 });
      const drawing = canvas.getContext('2d');
      const pictures = {};
      for (const [what, list] of Object.entries(sources)) {
        pictures[what] = await Promise.all(
          list.map(async (source) => {
            const picture = new Image();
            picture.src = source;
            await picture.decode();
            return picture;
          }),
        );
      }
      let at = 0;
      const draw = () => {
        const list = pictures[window.performed] ?? pictures.straight;
        drawing.drawImage(list[at++ % list.length], 0, 0);
      };
      draw();
      const stream = canvas.captureStream(6);
      const timer = setInterval(() => {
        if (stream.getTracks().every((track) => track.readyState === 'ended')) clearInterval(timer);
        draw();
        }, 160);
      return stream;
    };
  }, shown);
}

/** Does what the page asks for, until `signal` says that it is over. `wrongly` answers one prompt with another. */
export async function obey(page, words, signal, wrongly = (prompt) => prompt) {
  while (!signal.aborted) {
    const said = await page.locator('.cue').innerText({ timeout: 500 }).catch(() => '');
    const prompt = prompts.find((one) => words[one] === said) ?? 'straight';
    await page.evaluate((what) => (window.performed = what), prompt === 'straight' ? prompt : wrongly(prompt)).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}
