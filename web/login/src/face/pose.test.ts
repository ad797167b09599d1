import { expect, test } from 'vitest';
import { hintFor, isDone, poseOf, type Point, type Sight } from './pose';

/** The 68 points of a head, turned: `yaw` moves what lies before the others sideways, `pitch` downwards. */
function head(yaw: number, pitch: number, eyeHeight = 0.03): Point[] {
  const points: Point[] = [];
  for (let at = 0; at < 17; ++at) {
    const angle = Math.PI * (at / 16);
    points.push({ x: 0.5 - 0.2 * Math.cos(angle), y: 0.45 + 0.28 * Math.sin(angle) });
  }
  for (let at = 17; at < 27; ++at) points.push({ x: 0.35 + (at - 17) * 0.033, y: 0.36 });
  for (let at = 27; at < 36; ++at) points.push({ x: 0.5 + yaw * 0.1, y: 0.42 + (Math.min(at, 30) - 27) * 0.03 + pitch * 0.05 });
  for (const middle of [0.42, 0.58]) {
    const [w, h] = [0.03, eyeHeight / 2];
    points.push({ x: middle - w, y: 0.42 }, { x: middle - w / 3, y: 0.42 - h }, { x: middle + w / 3, y: 0.42 - h });
    points.push({ x: middle + w, y: 0.42 }, { x: middle + w / 3, y: 0.42 + h }, { x: middle - w / 3, y: 0.42 + h });
  }
  for (let at = 48; at < 68; ++at) points.push({ x: 0.44 + ((at - 48) % 12) * 0.01, y: 0.6 });
  return points;
}

function sight(change: Partial<Sight> = {}, points = head(0, 0)): Sight {
  return { box: { x: 0.25, y: 0.2, width: 0.5, height: 0.6 }, light: 120, ...poseOf(points), ...change };
}

test('a head that looks straight is told from one that turns, to its own side', () => {
  expect(Math.abs(poseOf(head(0, 0)).yaw)).toBeLessThan(0.02);
  const straight = sight();
  // In a picture that isn't mirrored, a person who turns to their left moves the nose to the picture's right.
  expect(isDone('turn_left', sight({}, head(1, 0)), straight)).toBe(true);
  expect(isDone('turn_right', sight({}, head(1, 0)), straight)).toBe(false);
  expect(isDone('turn_right', sight({}, head(-1, 0)), straight)).toBe(true);
  expect(isDone('look_down', sight({}, head(0, 1)), straight)).toBe(true);
  expect(isDone('look_up', sight({}, head(0, -1)), straight)).toBe(true);
  expect(isDone('look_up', sight({}, head(0, 1)), straight)).toBe(false);
  expect(isDone('blink', sight({}, head(0, 0, 0.012)), straight)).toBe(true);
  expect(isDone('come_closer', sight({ box: { x: 0.1, y: 0, width: 0.8, height: 0.9 } }), straight)).toBe(true);
  for (const prompt of ['turn_left', 'turn_right', 'look_up', 'look_down', 'come_closer', 'blink'] as const) {
    expect(isDone(prompt, straight, straight), prompt).toBe(false);
  }
});

test('what stands in the way of a good picture is said, the nearest thing first', () => {
  expect(hintFor(sight())).toBe('hold');
  expect(hintFor(sight({ box: { x: 0.4, y: 0.4, width: 0.15, height: 0.2 } }))).toBe('closer');
  expect(hintFor(sight({ box: { x: 0, y: 0, width: 0.9, height: 0.9 } }))).toBe('farther');
  expect(hintFor(sight({ box: { x: 0, y: 0.2, width: 0.5, height: 0.6 } }))).toBe('centre');
  expect(hintFor(sight({ light: 20 }))).toBe('dark');
  expect(hintFor(sight({ light: 250 }))).toBe('bright');
  expect(hintFor(sight({ yaw: 0.4 }))).toBe('still');
});
