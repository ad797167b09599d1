import { frame, still, takePicture, thumbnail, type Shot } from './camera';
import type { Detector } from './detector';
import type { Prompt } from './face_api';
import { hintFor, isDone, type Hint, type Sight } from './pose';

/** What the person is told at the moment. */
export type Cue =
  | { kind: 'hint'; hint: Hint | 'none' | 'many' }
  | { kind: 'prompt'; prompt: Prompt; at: number; of: number }
  | { kind: 'press'; prompt: Prompt | null };

export interface Stage {
  video: HTMLVideoElement;
  /** Null: this browser can't find faces, and the person says when. */
  detector: Detector | null;
  show: (cue: Cue) => void;
  /** Resolves when the person presses the button. */
  pressed: () => Promise<void>;
  signal: AbortSignal;
  /** Pictures so far, as thumbnails: none counts twice, whatever a camera repeats. */
  taken: Set<string>;
}

// Good for so long, in a row: nobody is caught in a movement. A slow device looks twice in it, a quick one often.
const GOOD_FOR_MS = 200;
const GOOD_LOOKS_MIN = 2;
const REPEATS_MAX = 20; // A camera that stands still is the server's to judge.
/** A movement that the small detector doesn't see is shown to the server all the same: it sees better. */
const PROMPT_WITHIN_MS = 6000;
const BLINK_WITHIN_MS = 3000;
const FRAMES_OF_PROMPT = 2;
const BETWEEN_FRAMES_MS = 160;

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

/** A picture of a face that looks straight, is near, lit and still. Rejects when the stage is left. */
export async function takeStraight(stage: Stage, shot: Shot = still): Promise<{ picture: string; straight: Sight | null }> {
  if (!stage.detector) {
    stage.show({ kind: 'press', prompt: null });
    await stage.pressed();
    return { picture: takePicture(stage.video, shot), straight: null };
  }
  let repeats = 0;
  let goodSince = 0;
  for (let good = 0; ; await pause(30)) {
    stage.signal.throwIfAborted();
    const began = performance.now();
    const looked = await stage.detector.look(stage.video);
    stage.signal.throwIfAborted();
    const hint = looked.kind === 'one' ? hintFor(looked.sight) : looked.kind;
    stage.show({ kind: 'hint', hint });
    good = hint === 'hold' ? good + 1 : 0;
    if (good <= 1) goodSince = began;
    if (good < GOOD_LOOKS_MIN || performance.now() - goodSince < GOOD_FOR_MS || looked.kind !== 'one') continue;
    const picture = takePicture(stage.video, shot);
    const small = takePicture(stage.video, thumbnail);
    if (stage.taken.has(small) && ++repeats < REPEATS_MAX) continue;
    stage.taken.add(small);
    return { picture, straight: looked.sight };
  }
}

/** The frames of a challenge: one that looks straight, then some of each movement, in its order. */
export async function perform(stage: Stage, prompts: Prompt[], framesMax: number): Promise<string[]> {
  const { picture, straight } = await takeStraight(stage, frame);
  const frames = [picture];
  const each = Math.max(1, Math.min(FRAMES_OF_PROMPT, Math.floor((framesMax - 1) / prompts.length)));
  for (const [at, prompt] of prompts.entries()) {
    stage.show({ kind: 'prompt', prompt, at: at + 1, of: prompts.length });
    await reach(stage, prompt, straight);
    for (let taken = 0; taken < each; ++taken) {
      if (taken > 0) await pause(BETWEEN_FRAMES_MS);
      frames.push(takePicture(stage.video, frame));
    }
  }
  return frames;
}

async function reach(stage: Stage, prompt: Prompt, straight: Sight | null): Promise<void> {
  if (!stage.detector || !straight) {
    stage.show({ kind: 'press', prompt });
    await stage.pressed();
    return;
  }
  const until = performance.now() + (prompt === 'blink' ? BLINK_WITHIN_MS : PROMPT_WITHIN_MS);
  while (performance.now() < until) {
    stage.signal.throwIfAborted();
    const looked = await stage.detector.look(stage.video);
    if (looked.kind === 'one' && isDone(prompt, looked.sight, straight)) return;
    await pause(30);
  }
  stage.signal.throwIfAborted();
}
