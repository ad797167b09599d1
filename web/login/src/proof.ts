import { ask, type ApiError, type Outcome } from './api';
import SolveWorker from './solve_worker?worker';

export interface Challenge {
  kind: string;
  challenge: string;
  difficulty: number;
}

/** Challenges are good for 5 minutes; one that is nearly over isn't worth carrying to the server. */
const GOOD_FOR_MS = 4 * 60_000;

/** Solves it in a worker. Takes a tenth of a second on a phone, longer while the server is under attack. */
export function solveInWorker(challenge: Challenge): Promise<string> {
  const worker = new SolveWorker();
  return new Promise<string>((done, fail) => {
    worker.onmessage = (event: MessageEvent<string>) => done(event.data);
    worker.onerror = () => fail(new Error('the worker did not start'));
    worker.postMessage({ challenge: challenge.challenge, difficulty: challenge.difficulty });
  }).finally(() => worker.terminate());
}

/** A solved challenge, made while the person types. */
export class ProofInAdvance {
  #slug: string;
  #made: { proof: Promise<Outcome<string>>; at: number } | null = null;

  constructor(slug: string) {
    this.#slug = slug;
  }

  /** Begins, if there is none yet. */
  begin(): void {
    if (this.#made && performance.now() - this.#made.at < GOOD_FOR_MS) return;
    this.#made = { proof: this.#make(), at: performance.now() };
  }

  /** The proof, which is good once. */
  async take(): Promise<Outcome<string>> {
    this.begin();
    const { proof } = this.#made!;
    this.#made = null;
    return proof;
  }

  async #make(): Promise<Outcome<string>> {
    const asked = await ask<Challenge>('/public/challenges', { body: { project: this.#slug } });
    return asked.ok ? solved(asked.value) : asked;
  }
}

/** Errors: what no browser of ours can solve, such as a captcha, counts as out of order. */
export async function solved(challenge: Challenge): Promise<Outcome<string>> {
  const broken: ApiError = { code: 'INTERNAL', status: 0, details: {}, retryAfterSeconds: null };
  if (challenge.kind !== 'proof_of_work') return { ok: false, error: broken };
  try {
    return { ok: true, value: await solveInWorker(challenge) };
  } catch {
    return { ok: false, error: broken };
  }
}
