import { freshKey, toOutcome, type ApiError, type Outcome } from '../api';
import type { LoginSession, LoginState } from '../session';

/** What a challenge asks for: api.md 6. Left and right are the person's own. */
export type Prompt = 'turn_left' | 'turn_right' | 'look_up' | 'look_down' | 'come_closer' | 'blink';

export interface FaceChallenge {
  prompts: Prompt[];
  frames_min: number;
  frames_max: number;
}

/** A look at a face that has begun. */
export interface FaceValidation {
  validation_id: string;
  remaining: ('face' | 'liveness')[];
  challenge: FaceChallenge | null;
}

/** What a part that was done answers; `login` when both are. */
export interface FaceDone {
  status: string;
  remaining: ('face' | 'liveness')[];
  login?: LoginState;
  redirect_url?: string;
}

export type Identity = { email: string } | Record<string, never>;

/** The text that people agree to; a new one gets a new name. */
export const CONSENT_VERSION = 'accessd-1';
const UPLOAD_WITHIN_MS = 60_000; // Pictures over a slow network, and the look at them.

/** For a person who comes back. Without an identity it is the one whom another method of the login proved. */
export function startFace(session: LoginSession, identity: Identity): Promise<Outcome<FaceValidation>> {
  return session.open().then((opened) => (opened.ok ? session.call<FaceValidation>('/biometric/start', identity) : opened));
}

export type OnProgress = (percent: number) => void;

/** Takes a new face, which counts once it is seen alive. */
export function enrolFace(session: LoginSession, pictures: string[], onProgress: OnProgress) {
  const consent = { text_version: CONSENT_VERSION, accepted_at: new Date().toISOString() };
  const images = pictures.length === 1 ? { face_image: pictures[0] } : { face_images: pictures };
  return upload<FaceValidation>(session, '/biometric/register-face', { ...images, consent }, onProgress);
}

export function verifyFace(session: LoginSession, validationId: string, picture: string, onProgress: OnProgress) {
  const body = { validation_id: validationId, face_image: picture };
  return upload<FaceDone>(session, '/biometric/verify-face', body, onProgress);
}

/** One picture, or the frames of the challenge. */
export function checkLiveness(session: LoginSession, validationId: string, pictures: string[], onProgress: OnProgress) {
  const shown = pictures.length === 1 ? { face_image: pictures[0] } : { frames: pictures };
  return upload<FaceDone>(session, '/biometric/liveness-check', { validation_id: validationId, ...shown }, onProgress);
}

/** As ask() does, with progress, which fetch() can't tell. Never twice: a picture counts once. */
function upload<T>(session: LoginSession, path: string, body: unknown, onProgress: OnProgress): Promise<Outcome<T>> {
  const offline: ApiError = { code: 'OFFLINE', status: 0, details: {}, retryAfterSeconds: null };
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/v2/access${path}`);
    request.timeout = UPLOAD_WITHIN_MS;
    request.setRequestHeader('Content-Type', 'application/json');
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('Authorization', `Bearer ${session.token ?? ''}`);
    request.setRequestHeader('Idempotency-Key', freshKey());
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(Math.floor((100 * event.loaded) / event.total));
    };
    const fail = () => done({ ok: false, error: offline });
    request.onerror = fail;
    request.ontimeout = fail;
    request.onabort = fail;
    request.onload = () => {
      try {
        done(toOutcome<T>(request.status, JSON.parse(request.responseText), request.getResponseHeader('Retry-After')));
      } catch {
        fail();
      }
    };
    request.send(JSON.stringify(body));
  });
}
