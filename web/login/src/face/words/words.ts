import type { Prompt } from '../face_api';
import type { Problem } from '../../words/words';

/** Everything that is said about faces. Loaded with the rest of that part. */
export interface FaceWords {
  consentTitle: string;
  consentPoints: (project: string) => string[];
  consentAgree: string;
  consentRefuse: string;
  withdraw: string;
  notNow: string;
  offerText: string;
  enrolTitle: string;
  enrolText: (project: string) => string;
  identityText: string;
  title: string;
  text: string;
  start: string;
  camera: { asking: string; refused: Problem; missing: Problem; busy: Problem };
  hint: {
    none: string;
    many: string;
    closer: string;
    farther: string;
    centre: string;
    dark: string;
    bright: string;
    still: string;
    hold: string;
  };
  prompt: Record<Prompt, string>;
  picture: string;
  takePicture: string;
  promptOf: (at: number, of: number) => string;
  uploading: (percent: number) => string;
  checkingFace: string;
  reason: Record<FaceReason, string>;
  notRecognised: (left: number | null) => string;
  notEnrolled: string;
  unavailable: string;
  usedBefore: string;
  noDetector: string;
  tryAgain: string;
  otherWay: string;
}

/** Why a picture was not taken: api.md 6. */
export type FaceReason =
  | 'no_face' | 'multiple_faces' | 'face_too_small' | 'face_too_large' | 'face_near_border' | 'face_rotated'
  | 'face_occluded' | 'too_dark' | 'too_bright' | 'too_blurry' | 'eyes_closed' | 'expression'
  | 'spoof_suspected' | 'wrong_pose' | 'wrong_order' | 'too_slow' | 'track_lost' | 'flat_motion'
  | 'face_changed' | 'repeated_frame';
