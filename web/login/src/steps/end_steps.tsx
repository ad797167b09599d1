import { useEffect } from 'preact/hooks';
import { useLoginPage } from '../app_state';
import type { Wish } from '../context';
import { cancel, finish, hasOpener, siteName } from '../finish';
import { MainButton, SideButton } from '../parts/buttons';
import { Title } from '../parts/title';
import type { Problem, Words } from '../words/words';

/** Nothing more to do: the site takes over. */
export function DoneStep({ target }: { target: string }) {
  const { wish, words } = useLoginPage();
  const isPopup = hasOpener(wish);
  useEffect(() => finish(target, wish), []);
  return (
    <>
      <Tick />
      <Title>{words.doneTitle}</Title>
      <p class="lead" role="status">
        {isPopup ? words.doneClose : words.doneLeaving(siteName(wish))}
      </p>
      {!isPopup && <SideButton onPress={() => finish(target, wish)}>{words.doneByHand}</SideButton>}
    </>
  );
}

/** The link in a mail finished this login in another tab. */
export function ElsewhereStep() {
  const { words } = useLoginPage();
  return (
    <>
      <Tick />
      <Title>{words.elsewhereTitle}</Title>
      <p class="lead">{words.elsewhereText}</p>
    </>
  );
}

/** The person took their consent back. */
export function WithdrawnStep({ words, onGoOn }: { words: Words; onGoOn: () => void }) {
  return (
    <>
      <Tick />
      <Title>{words.faceWithdrawnTitle}</Title>
      <p class="lead" role="status">
        {words.faceWithdrawnText}
      </p>
      <MainButton onPress={onGoOn}>{words.continue}</MainButton>
    </>
  );
}

interface ProblemStepProps {
  problem: Problem;
  words: Words;
  onAgain?: () => void;
  againText?: string;
  /** For the developer of a test project. */
  hint?: string;
  /** Leads back to the site: only to an address that the server vouches for. */
  wayBack?: Wish;
}

export function ProblemStep({ problem, words, onAgain, againText, hint, wayBack }: ProblemStepProps) {
  return (
    <>
      <Title>{problem.title}</Title>
      <p class="lead">{problem.text}</p>
      {hint && <p class="test-hint">{hint}</p>}
      {onAgain && <MainButton onPress={onAgain}>{againText ?? words.tryAgain}</MainButton>}
      {wayBack && <WayBack wish={wayBack} words={words} />}
    </>
  );
}

export function WayBack({ wish, words }: { wish: Wish; words: Words }) {
  return (
    <div class="way-back">
      <SideButton onPress={() => cancel(wish)}>{words.backTo(siteName(wish))}</SideButton>
    </div>
  );
}

function Tick() {
  return (
    <svg class="tick" viewBox="0 0 48 48" width="48" height="48" aria-hidden="true">
      <circle cx="24" cy="24" r="22" />
      <path d="M14 25l7 7 14-15" />
    </svg>
  );
}
