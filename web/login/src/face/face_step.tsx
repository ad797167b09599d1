import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { ApiError } from '../api';
import { useLoginPage } from '../app_state';
import type { Language } from '../language';
import { MainButton, SideButton } from '../parts/buttons';
import { Refusal, Status } from '../parts/notice';
import { Title } from '../parts/title';
import { refusalText } from '../refusals';
import { endsLogin, type Verified } from '../session';
import type { Words } from '../words/words';
import { closeCamera, openCamera, type CameraProblem } from './camera';
import type { Detector } from './detector';
import type { Identity } from './face_api';
import { lookAtFace } from './face_flow';
import './face.css';
import type { Cue } from './movements';
import { en } from './words/en';
import { es } from './words/es';
import { pt } from './words/pt';
import type { FaceReason, FaceWords } from './words/words';

const faceWords: Record<Language, FaceWords> = { en, es, pt };

export interface FaceStepProps {
  /** Whether a method of this login has already said who it is. */
  isKnown: boolean;
  /** The login is complete, and setting a face up is offered: refusing it goes on. */
  isOffer?: boolean;
  typedEmail: string;
  /** Another way in, where the flow has one. */
  onOtherWay?: () => void;
  /** Nothing where it was an offer: the login was complete before. */
  onVerified: (done: Verified | null) => void;
  onOver: (error: ApiError) => void;
}

type Phase =
  | { name: 'consent' }
  | { name: 'camera' }
  | { name: 'no-camera'; problem: CameraProblem }
  | { name: 'refused'; error: ApiError; mayTryAgain: boolean };

/** A look at the person's face: first what happens with it, then the camera. */
export function FaceStep({ isKnown, isOffer = false, typedEmail, onOtherWay, onVerified, onOver }: FaceStepProps) {
  const { project, language, words } = useLoginPage();
  const said = faceWords[language];
  const [phase, setPhase] = useState<Phase>({ name: 'consent' });
  const [isEnrolling, setEnrolling] = useState(isOffer);
  const [email, setEmail] = useState(typedEmail);
  const open = () => setPhase({ name: 'camera' });

  if (phase.name === 'consent') {
    return (
      <Consent
        said={said}
        project={project.name}
        isEnrolling={isEnrolling}
        isOffer={isOffer}
        email={isKnown ? null : email}
        onEmail={setEmail}
        onAgree={open}
        onOtherWay={onOtherWay}
      />
    );
  }
  if (phase.name === 'no-camera') {
    const told = said.camera[phase.problem];
    return (
      <Ending title={told.title} text={told.text} said={said} isOffer={isOffer} onAgain={open} onOtherWay={onOtherWay} />
    );
  }
  if (phase.name === 'refused') {
    return (
      <Ending
        title={said.title}
        refusal={faceRefusal(phase.error, said, words, language)}
        said={said}
        isOffer={isOffer}
        onAgain={phase.mayTryAgain ? open : undefined}
        onOtherWay={onOtherWay}
      />
    );
  }
  return (
    <CameraView
      said={said}
      identity={isKnown ? {} : { email: email.trim() }}
      mayEnrol={isKnown}
      isEnrolling={isEnrolling}
      isOffer={isOffer}
      onOtherWay={onOtherWay}
      onNoCamera={(problem) => setPhase({ name: 'no-camera', problem })}
      onEnrol={() => {
        setEnrolling(true);
        setPhase({ name: 'consent' });
      }}
      onRefused={(error, mayTryAgain) => {
        if (endsLogin(error)) onOver(error);
        else setPhase({ name: 'refused', error, mayTryAgain });
      }}
      onVerified={onVerified}
    />
  );
}

function faceRefusal(error: ApiError, said: FaceWords, words: Words, language: Language): string {
  const left = typeof error.details.attempts_remaining === 'number' ? error.details.attempts_remaining : null;
  const reason = said.reason[error.details.reason as FaceReason] as string | undefined;
  switch (error.code) {
    case 'FACE_REJECTED':
    case 'LIVENESS_FAILED': return reason ?? said.notRecognised(left);
    case 'FACE_NOT_MATCHED':
    case 'ATTEMPTS_EXHAUSTED': return said.notRecognised(left);
    case 'FACE_NOT_REGISTERED':
    case 'USER_NOT_FOUND': return said.notEnrolled;
    case 'BIOMETRICS_UNAVAILABLE': return said.unavailable;
    case 'IMAGE_REPLAYED': return said.usedBefore;
    default: return refusalText(error, words.refusals, language);
  }
}

interface ConsentProps {
  said: FaceWords;
  project: string;
  isEnrolling: boolean;
  isOffer: boolean;
  email: string | null; // Null: it is known who it is.
  onEmail: (email: string) => void;
  onAgree: () => void;
  onOtherWay?: () => void;
}

function Consent({ said, project, isEnrolling, isOffer, email, onEmail, onAgree, onOtherWay }: ConsentProps) {
  const { words } = useLoginPage();
  const [mistake, setMistake] = useState('');
  const id = useId();
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (email !== null && !/^[^\s@]+@[^\s@]+$/.test(email.trim())) setMistake(words.refusals.emailWrong);
        else onAgree();
      }}
    >
      {isEnrolling && <Title>{said.enrolTitle}</Title>}
      {isEnrolling && <p class="lead">{isOffer ? said.offerText : said.enrolText(project)}</p>}
      {email !== null && (
        <>
          <p class="lead">{said.identityText}</p>
          <label for={id}>{words.email}</label>
          <input
            id={id}
            class="field"
            name="email"
            type="email"
            autoComplete="email"
            autoCapitalize="none"
            spellcheck={false}
            maxLength={254}
            value={email}
            aria-invalid={mistake ? true : undefined}
            aria-describedby={`${id}-refusal`}
            onInput={(event) => {
              setMistake('');
              onEmail(event.currentTarget.value);
            }}
          />
          <Refusal id={`${id}-refusal`}>{mistake}</Refusal>
        </>
      )}
      <h2 class="consent-title">{said.consentTitle}</h2>
      <ul class="consent">
        {said.consentPoints(project).map((point) => (
          <li key={point}>{point}</li>
        ))}
        <li>{said.withdraw}</li>
      </ul>
      <MainButton>{said.consentAgree}</MainButton>
      {onOtherWay && (
        <div class="way-back">
          <SideButton onPress={onOtherWay}>{isOffer ? said.notNow : said.consentRefuse}</SideButton>
        </div>
      )}
    </form>
  );
}

interface EndingProps {
  title: string;
  text?: string;
  refusal?: string;
  said: FaceWords;
  isOffer: boolean;
  onAgain?: () => void;
  onOtherWay?: () => void;
}

function Ending({ title, text, refusal, said, isOffer, onAgain, onOtherWay }: EndingProps) {
  return (
    <>
      <Title>{title}</Title>
      {text && <p class="lead">{text}</p>}
      <Refusal>{refusal}</Refusal>
      {onAgain && <MainButton onPress={onAgain}>{said.tryAgain}</MainButton>}
      {onOtherWay && (
        <div class="way-back">
          <SideButton onPress={onOtherWay}>{isOffer ? said.notNow : said.otherWay}</SideButton>
        </div>
      )}
    </>
  );
}

interface CameraViewProps {
  said: FaceWords;
  identity: Identity;
  mayEnrol: boolean;
  isEnrolling: boolean;
  isOffer: boolean;
  onOtherWay?: () => void;
  onNoCamera: (problem: CameraProblem) => void;
  onEnrol: () => void;
  onRefused: (error: ApiError, mayTryAgain: boolean) => void;
  onVerified: (done: Verified | null) => void;
}

function CameraView(props: CameraViewProps) {
  const { said, onOtherWay } = props;
  const video = useRef<HTMLVideoElement>(null);
  const press = useRef<() => void>(() => undefined);
  const [cue, setCue] = useState<Cue | null>(null);
  const [percent, setPercent] = useState<number | null>(null);
  useRun(video, press, props, setCue, setPercent);

  const isGood = cue?.kind === 'hint' && cue.hint === 'hold';
  const told = percent !== null ? (percent < 100 ? said.uploading(percent) : said.checkingFace) : cueText(cue, said);
  return (
    <div class="camera">
      <p class="cue" role="status" aria-live="polite">
        {told}
      </p>
      <div class={isGood ? 'viewer good' : 'viewer'}>
        <video ref={video} autoplay playsInline muted aria-hidden="true" />
        <svg class="oval" viewBox="0 0 300 400" preserveAspectRatio="none" aria-hidden="true">
          <path fill-rule="evenodd" d="M0 0H300V400H0ZM150 50C222 50 250 130 250 195C250 275 205 350 150 350C95 350 50 275 50 195C50 130 78 50 150 50Z" />
          <path class="edge" d="M150 50C222 50 250 130 250 195C250 275 205 350 150 350C95 350 50 275 50 195C50 130 78 50 150 50Z" />
        </svg>
        {cue?.kind === 'prompt' && percent === null && <Arrow prompt={cue.prompt} />}
      </div>
      {cue?.kind === 'prompt' && <Status>{said.promptOf(cue.at, cue.of)}</Status>}
      {cue?.kind === 'press' && percent === null && (
        <>
          <p class="lead">{said.noDetector}</p>
          <MainButton onPress={() => press.current()}>{said.takePicture}</MainButton>
        </>
      )}
      {onOtherWay && (
        <div class="way-back">
          <SideButton onPress={onOtherWay}>{props.isOffer ? said.notNow : said.otherWay}</SideButton>
        </div>
      )}
    </div>
  );
}

function cueText(cue: Cue | null, said: FaceWords): string {
  if (cue === null) return said.camera.asking;
  switch (cue.kind) {
    case 'hint': return said.hint[cue.hint];
    case 'prompt': return said.prompt[cue.prompt];
    case 'press': return cue.prompt ? said.prompt[cue.prompt] : said.picture;
  }
}

/** Shows the way, for those who look rather than read. The picture is a mirror, so their left is left. */
function Arrow({ prompt }: { prompt: string }) {
  return <span class={`arrow ${prompt}`} aria-hidden="true" />;
}

/** Opens the camera, looks, and tells what came of it; ends with the view. */
function useRun(
  video: { current: HTMLVideoElement | null },
  press: { current: () => void },
  props: CameraViewProps,
  setCue: (cue: Cue) => void,
  setPercent: (percent: number | null) => void,
) {
  const { session } = useLoginPage();
  useEffect(() => {
    const left = new AbortController();
    let stream: MediaStream | null = null;

    async function run() {
      const camera = await openCamera();
      if (!camera.ok) {
        props.onNoCamera(camera.problem);
        return;
      }
      stream = camera.stream;
      left.signal.throwIfAborted();
      video.current!.srcObject = stream;
      await video.current!.play();
      const stage = {
        video: video.current!,
        detector: await findDetector(),
        show: (cue: Cue) => {
          setPercent(null);
          setCue(cue);
        },
        pressed: () => new Promise<void>((done) => (press.current = done)),
        signal: left.signal,
        taken: new Set<string>(),
      };
      const { identity, mayEnrol, isEnrolling, isOffer } = props;
      const outcome = await lookAtFace({ session, stage, identity, mayEnrol, isEnrolling, isOffer, onProgress: setPercent });
      left.signal.throwIfAborted();
      if (outcome.kind === 'done') props.onVerified(outcome.verified);
      else if (outcome.kind === 'enrolled') props.onVerified(null);
      else if (outcome.kind === 'enrol') props.onEnrol();
      else props.onRefused(outcome.error, outcome.mayTryAgain);
    }

    run()
      .catch((error: unknown) => {
        if (left.signal.aborted) return;
        console.warn(error);
        props.onRefused({ code: 'INTERNAL', status: 0, details: {}, retryAfterSeconds: null }, true);
      })
      .finally(() => stream && closeCamera(stream));
    return () => {
      left.abort();
      if (stream) closeCamera(stream);
    };
  }, []);
}

/** Old phones and strict browsers can't run it: the person says then when to look. */
async function findDetector(): Promise<Detector | null> {
  try {
    const { loadDetector } = await import('./detector');
    return await loadDetector();
  } catch {
    return null;
  }
}
