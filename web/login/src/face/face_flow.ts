import type { ApiError, Outcome } from '../api';
import type { LoginSession, Verified } from '../session';
import { checkLiveness, enrolFace, startFace, verifyFace, type FaceDone, type FaceValidation, type Identity, type OnProgress, type Prompt } from './face_api';
import { perform, takeStraight, type Stage } from './movements';

/** What came of looking at a face. */
export type FaceOutcome =
  | { kind: 'done'; verified: Verified }
  | { kind: 'enrolled' } // After a login that was complete already.
  | { kind: 'enrol' } // Nobody's face is here yet, and this person may set theirs up.
  | { kind: 'refused'; error: ApiError; mayTryAgain: boolean };

export interface FaceTask {
  session: LoginSession;
  stage: Stage;
  identity: Identity;
  /** Whether another method of this login says who it is, so that a face may be set up. */
  mayEnrol: boolean;
  isEnrolling: boolean;
  /** The login is complete; a face is set up for the next one. */
  isOffer: boolean;
  onProgress: OnProgress;
}

const ENROL_PICTURES = 3; // Differing a little, they make a face four times less likely to be refused later.
const FRAMES_MAX = 12;

/** Looks at the person until the server has what it needs. Rejects when the stage is left. */
export async function lookAtFace(task: FaceTask): Promise<FaceOutcome> {
  const begun = task.isEnrolling ? await enrol(task) : await startFace(task.session, task.identity);
  if (!begun.ok) return refusedBy(begun.error, task);
  const validation = begun.value;

  const { picture } = await takeStraight(task.stage);
  let done: FaceDone | null = null;
  if (validation.remaining.includes('face')) {
    const matched = await verifyFace(task.session, validation.validation_id, picture, task.onProgress);
    if (!matched.ok) return refusedBy(matched.error, task);
    done = matched.value;
  }
  if (done === null || done.remaining.includes('liveness')) {
    const shown = await showLife(task, validation, picture);
    if (!shown.ok) return refusedBy(shown.error, task);
    done = shown.value;
  }
  return toOutcome(validation, done, task.isOffer);
}

async function enrol(task: FaceTask): Promise<Outcome<FaceValidation>> {
  const pictures: string[] = [];
  while (pictures.length < ENROL_PICTURES) pictures.push((await takeStraight(task.stage)).picture);
  return enrolFace(task.session, pictures, task.onProgress);
}

/** The picture that matched may be enough; where it isn't, the server says which movements it wants to see. */
async function showLife(task: FaceTask, validation: FaceValidation, picture: string): Promise<Outcome<FaceDone>> {
  const { session, stage, onProgress } = task;
  const simple = await checkLiveness(session, validation.validation_id, [picture], onProgress);
  if (simple.ok || simple.error.code !== 'CHALLENGE_REQUIRED') return simple;
  const prompts = promptsOf(simple.error) ?? validation.challenge?.prompts ?? [];
  const frames = await perform(stage, prompts, validation.challenge?.frames_max ?? FRAMES_MAX);
  return checkLiveness(session, validation.validation_id, frames, onProgress);
}

function promptsOf(error: ApiError): Prompt[] | null {
  const { prompts } = error.details;
  return Array.isArray(prompts) ? (prompts as Prompt[]) : null;
}

function toOutcome(validation: FaceValidation, done: FaceDone, isOffer: boolean): FaceOutcome {
  if (isOffer && done.status === 'validated') return { kind: 'enrolled' };
  if (done.login) {
    const verified: Verified = { validation_id: validation.validation_id, status: done.status, login: done.login };
    if (done.redirect_url) verified.redirect_url = done.redirect_url;
    return { kind: 'done', verified };
  }
  return {
    kind: 'refused',
    mayTryAgain: true,
    error: { code: 'INTERNAL', status: 0, details: {}, retryAfterSeconds: null },
  };
}

/** Refusals after which the same person may well be taken at the next try. */
const PASSING = ['FACE_REJECTED', 'LIVENESS_FAILED', 'FACE_NOT_MATCHED', 'IMAGE_REPLAYED', 'OFFLINE', 'BUSY', 'VALIDATION_EXPIRED', 'INVALID_IMAGE'];

function refusedBy(error: ApiError, task: FaceTask): FaceOutcome {
  if (error.code === 'FACE_NOT_REGISTERED' && task.mayEnrol && !task.isEnrolling) return { kind: 'enrol' };
  const isSpent = error.details.attempts_remaining === 0;
  return { kind: 'refused', error, mayTryAgain: PASSING.includes(error.code) && !isSpent };
}
