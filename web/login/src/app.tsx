import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ApiError } from './api';
import { PageContext, type LoginPage } from './app_state';
import { settingsOf, type Context, type Method, type PublicProject } from './context';
import { allWords, type Language } from './language';
import { SideButton } from './parts/buttons';
import { Status } from './parts/notice';
import { Title } from './parts/title';
import { noteOffer, offersFace } from './face_offer';
import { refusalText } from './refusals';
import { LoginSession, type Contact, type SentCode, type Verified } from './session';
import { Shell } from './shell';
import { positionOf, type Position } from './steps';
import { CodeStep } from './steps/code_step';
import { EmailForm, PhoneForm } from './steps/contact_step';
import { FaceDoor } from './steps/face_door';
import { DoneStep, ElsewhereStep, ProblemStep, WayBack, WithdrawnStep } from './steps/end_steps';
import { useFinishedElsewhere } from './steps/use_finished_elsewhere';
import type { Problem, Words } from './words/words';

/** How long a code for the site is sure to be good still: a minute, less what the way there takes. */
const CODE_FRESH_MS = 30_000;

type Screen =
  | { name: 'contact' }
  | { name: 'code'; contact: Contact; sent: SentCode }
  | { name: 'offer'; target: string; since: number }
  | { name: 'done'; target: string }
  | { name: 'withdrawn'; target: string | null }
  | { name: 'elsewhere' }
  | { name: 'over'; error: ApiError };

interface AppProps {
  context: Context;
  firstLanguage: Language;
}

export function App({ context, firstLanguage }: AppProps) {
  const [language, setLanguage] = useState(firstLanguage);
  const words = allWords[language];
  const { project, problem } = context;

  useEffect(() => {
    document.documentElement.lang = language;
    document.title = project ? words.logInTo(project.name) : words.problems.project.title;
  }, [language]);

  function pick(picked: Language) {
    setLanguage(picked);
    // So that the choice outlives a reload, without keeping anything in the browser.
    const address = new URL(location.href);
    address.searchParams.set('language', picked);
    history.replaceState(history.state, '', address);
  }

  return (
    <Shell project={project} words={words} language={language} onLanguage={pick}>
      {project && !problem ? (
        <Login key={project.slug} context={context} project={project} language={language} words={words} />
      ) : (
        <BrokenPage context={context} words={words} />
      )}
    </Shell>
  );
}

interface LoginProps {
  context: Context;
  project: PublicProject;
  language: Language;
  words: Words;
}

function BrokenPage({ context, words }: { context: Context; words: Words }) {
  const kind = context.problem ?? 'unavailable';
  const mayPass = kind === 'unavailable' || kind === 'paused';
  return (
    <ProblemStep
      problem={words.problems[kind]}
      words={words}
      onAgain={mayPass ? () => location.reload() : undefined}
      hint={context.project?.test && kind === 'address' ? words.addressHint(context.wish.redirectUrl) : undefined}
    />
  );
}

/** One login, from the first field to the redirect. Starting again makes a new one. */
function Login({ context, project, language, words }: LoginProps) {
  const [round, setRound] = useState(0);
  const session = useMemo(() => new LoginSession(project, context.wish), [round]);
  const [screen, setScreen] = useState<Screen>({ name: 'contact' });
  const [remaining, setRemaining] = useState<Method[] | null>(null);
  const [chosen, setChosen] = useState<Method | null>(null);
  const [typed, setTyped] = useState({ email: '', phone: '' });
  const [withdrawing, setWithdrawing] = useState(false);
  const position = positionOf(project, remaining);
  const method = chosen && position.choices.includes(chosen) ? chosen : position.choices[0];

  function startAgain() {
    setRound(round + 1);
    setRemaining(null);
    setScreen({ name: 'contact' });
  }

  function goOn(done: Verified) {
    if (done.login.status !== 'complete') setRemaining(done.login.remaining_methods);
    setChosen(null);
    const target = done.redirect_url ?? null;
    if (withdrawing) void withdraw(target);
    else if (target && method !== 'biometric' && offersFace(project)) {
      noteOffer(project);
      setScreen({ name: 'offer', target, since: Date.now() });
    } else leave(target);
  }

  function leave(target: string | null) {
    setScreen(target ? { name: 'done', target } : { name: 'contact' });
  }

  /** The site's code may have been waiting for long: another one then. */
  async function leaveLate(target: string, since: number) {
    if (Date.now() - since < CODE_FRESH_MS) return leave(target);
    const renewed = await session.renewCode();
    leave(renewed.ok ? renewed.value.redirect_url : target);
  }

  async function withdraw(target: string | null) {
    const gone = await session.withdrawConsent();
    setWithdrawing(false);
    setScreen(gone.ok ? { name: 'withdrawn', target } : { name: 'over', error: gone.error });
  }

  const mayFinishElsewhere =
    screen.name === 'code' && screen.contact.method === 'email' && settingsOf(project, 'email')?.magic_link === true;
  useFinishedElsewhere(session, mayFinishElsewhere, (look) => {
    if (look.status === 'complete') setScreen({ name: 'elsewhere' });
    else if (screen.name === 'code' && !look.remaining_methods.includes(screen.contact.method)) {
      setRemaining(look.remaining_methods);
      setScreen({ name: 'contact' });
    }
  });

  const over = (error: ApiError) =>
    setScreen(error.code === 'LOGIN_COMPLETE' ? { name: 'elsewhere' } : { name: 'over', error });
  const { wish } = context;
  const otherWay = position.choices.find((choice) => choice !== 'biometric');
  const page: LoginPage = { project, wish, session, language, words };
  if (!method) return <ProblemStep problem={words.problems.nothingToOffer} words={words} wayBack={wish} />;
  return (
    <PageContext.Provider value={page}>
      {screen.name === 'contact' && (
        <>
          <Opening key={`${method}${position.step}`} position={position} method={method} isFirst={remaining === null} page={page} />
          <Tabs
            choices={position.choices}
            method={method}
            words={words}
            onChoose={(picked) => {
              setChosen(picked);
              setScreen({ name: 'contact' });
            }}
          />
          {method === 'email' && (
            <EmailForm key={round} initial={typed.email} onSent={sent('email')} onOver={over} />
          )}
          {method === 'phone' && (
            <PhoneForm key={round} initial={typed.phone} onSent={sent('phone')} onOver={over} />
          )}
          {method === 'biometric' && (
            <FaceDoor
              key={round}
              isKnown={remaining !== null}
              typedEmail={typed.email}
              onOtherWay={otherWay && (() => setChosen(otherWay))}
              onVerified={(done) => done && goOn(done)}
              onOver={over}
            />
          )}
          {project.test && method === 'email' && <p class="test-hint">{words.testFixedCode}</p>}
          <WayBack wish={wish} words={words} />
          {settingsOf(project, 'biometric') && (
            <FaceData
              words={words}
              isWithdrawing={withdrawing}
              onWithdraw={(wanted) => {
                setWithdrawing(wanted);
                if (otherWay) setChosen(otherWay);
              }}
            />
          )}
        </>
      )}
      {screen.name === 'code' && (
        <CodeStep
          key={screen.sent.validation_id}
          contact={screen.contact}
          sent={screen.sent}
          onVerified={goOn}
          onOtherContact={() => setScreen({ name: 'contact' })}
          onOver={over}
        />
      )}
      {screen.name === 'offer' && (
        <FaceDoor
          isKnown
          isOffer
          typedEmail=""
          onOtherWay={() => void leaveLate(screen.target, screen.since)}
          onVerified={() => void leaveLate(screen.target, screen.since)}
          onOver={() => void leaveLate(screen.target, screen.since)}
        />
      )}
      {screen.name === 'withdrawn' && (
        <WithdrawnStep
          words={words}
          onGoOn={() => leave(screen.target)}
        />
      )}
      {screen.name === 'done' && <DoneStep target={screen.target} />}
      {screen.name === 'elsewhere' && <ElsewhereStep />}
      {screen.name === 'over' && (
        <ProblemStep
          problem={overProblem(screen.error, words, language)}
          words={words}
          onAgain={startAgain}
          againText={words.startAgain}
          wayBack={wish}
        />
      )}
    </PageContext.Provider>
  );

  function sent(kind: 'email' | 'phone') {
    return (contact: Contact, code: SentCode, text: string) => {
      setTyped({ ...typed, [kind]: text });
      setScreen({ name: 'code', contact, sent: code });
    };
  }
}

function overProblem(error: ApiError, words: Words, language: Language): Problem {
  if (error.code !== 'RATE_LIMITED') return words.problems.over;
  return { title: words.startAgain, text: refusalText(error, words.refusals, language) };
}

interface FaceDataProps {
  words: Words;
  isWithdrawing: boolean;
  onWithdraw: (wanted: boolean) => void;
}

/** Withdrawing is as near as agreeing: one button, on the same page. Who they are is shown by logging in. */
function FaceData({ words, isWithdrawing, onWithdraw }: FaceDataProps) {
  return (
    <div class="way-back">
      {isWithdrawing && <Status>{words.faceWithdrawFirst}</Status>}
      <SideButton onPress={() => onWithdraw(!isWithdrawing)}>{isWithdrawing ? words.faceKeep : words.faceWithdraw}</SideButton>
    </div>
  );
}

interface OpeningProps {
  position: Position;
  method: Method;
  isFirst: boolean;
  page: LoginPage;
}

function Opening({ position, method, isFirst, page: { project, words } }: OpeningProps) {
  return (
    <>
      {position.steps > 1 && (
        <div class="progress">
          {words.stepOf(position.step, position.steps)}
          <div class="bar" aria-hidden="true">
            {Array.from({ length: position.steps }, (_, at) => (
              <span key={at} class={at < position.step ? 'part done' : 'part'} />
            ))}
          </div>
        </div>
      )}
      <Title takesFocus={!isFirst}>{isFirst ? words.logInTo(project.name) : words.nextStep[method]}</Title>
      {method !== 'biometric' && <p class="lead">{words.intro[method]}</p>}
    </>
  );
}

interface TabsProps {
  choices: Method[];
  method: Method;
  words: Words;
  onChoose: (method: Method) => void;
}

/** The ways in, where there are several. */
function Tabs({ choices, method, words, onChoose }: TabsProps) {
  if (choices.length < 2) return null;
  const names = { email: words.byEmail, phone: words.byPhone, biometric: words.byFace };
  return (
    <div class="tabs" role="group" aria-label={words.waysIn}>
      {choices.map((choice) => (
        <button key={choice} type="button" aria-pressed={choice === method} onClick={() => onChoose(choice)}>
          {names[choice]}
        </button>
      ))}
    </div>
  );
}
