import type { Prompt } from './face_api';

export interface Point {
  x: number;
  y: number;
}

/** One face as the small detector sees it. Lengths are in parts of the picture. */
export interface Sight {
  box: { x: number; y: number; width: number; height: number };
  yaw: number; // -1 to 1; above 0: the person looks to their own left.
  pitch: number; // Grows as they look down. Only compared with the person's own straight look.
  eyes: number; // How open, as height by width.
  light: number; // 0 to 255.
}

export type Hint = 'closer' | 'farther' | 'centre' | 'dark' | 'bright' | 'still' | 'hold';

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

function middle(points: Point[]): Point {
  const sum = points.reduce((total, point) => ({ x: total.x + point.x, y: total.y + point.y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}

function openness(eye: Point[]): number {
  const [outer, top1, top2, inner, low1, low2] = eye as [Point, Point, Point, Point, Point, Point];
  return (distance(top1, low2) + distance(top2, low1)) / (2 * distance(outer, inner));
}

/**
 * Where a head looks, from the 68 points that face detectors agree on: 0-16 jaw, 27-35 nose, 36-47 eyes, 48-67 mouth.
 * Good enough to choose a moment; what counts is measured by the server.
 */
export function poseOf(points: Point[]): Pick<Sight, 'yaw' | 'pitch' | 'eyes'> {
  const nose = points[30]!;
  const [right, left] = [distance(nose, points[1]!), distance(nose, points[15]!)];
  const eyes = middle(points.slice(36, 48));
  const mouth = middle(points.slice(48, 60));
  return {
    yaw: (right - left) / (right + left),
    pitch: (nose.y - eyes.y) / Math.max(1e-6, mouth.y - eyes.y),
    eyes: (openness(points.slice(36, 42)) + openness(points.slice(42, 48))) / 2,
  };
}

/** What the person should do before a picture is worth taking. */
export function hintFor(sight: Sight): Hint {
  const { box } = sight;
  if (box.height < 0.3) return 'closer';
  if (box.height > 0.8 || box.width > 0.8) return 'farther';
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  if (Math.abs(x - 0.5) > 0.16 || Math.abs(y - 0.5) > 0.2) return 'centre';
  if (sight.light < 55) return 'dark';
  if (sight.light > 225) return 'bright';
  return Math.abs(sight.yaw) > 0.2 ? 'still' : 'hold';
}

/** Whether the person does what was asked for; `straight` is how they looked before. */
export function isDone(prompt: Prompt, sight: Sight, straight: Sight): boolean {
  switch (prompt) {
    case 'turn_left': return sight.yaw - straight.yaw > 0.28;
    case 'turn_right': return sight.yaw - straight.yaw < -0.28;
    case 'look_up': return sight.pitch - straight.pitch < -0.1;
    case 'look_down': return sight.pitch - straight.pitch > 0.1;
    case 'come_closer': return sight.box.height > straight.box.height * 1.25;
    case 'blink': return sight.eyes < straight.eyes * 0.75;
  }
}
