import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { ApiError } from '../api';
import { useLoginPage } from '../app_state';
import { settingsOf } from '../context';
import { clockTime } from '../language';
import { MainButton, SideButton } from '../parts/buttons';
import { CodeInput } from '../parts/code_input';
import { Refusal, Status } from '../parts/notice';
import { Title } from '../parts/title';
import { inSeconds, useSecondsLeft } from '../parts/use_seconds_left';
import { useWebOtp } from '../parts/web_otp';
import { needsNewCode, refusalText, secondsToWait } from '../refusals';
import { endsLogin, type Channel, type Contact, type SentCode, type Verified } from '../session';

interface CodeStepProps {
  contact: Contact;
  sent: SentCode;
  onVerified: (done: Verified) => void;
  onOtherContact: () => void;
  onOver: (error: ApiError) => void;
}

/** The person gives back the code that was sent. */
export function CodeStep({ contact, sent: first, onVerified, onOtherContact, onOver }: CodeStepProps) {
  const { project, session, language, words } = useLoginPage();
  const fieldId = useId();
  const [sent, setSent] = useState(first);
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState<'checking' | 'sending' | null>(null);
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  const [note, setNote] = useState('');
  const [mayResendAt, setMayResendAt] = useState(() => inSeconds(first.resend_after_seconds));
  const [mayTryAt, setMayTryAt] = useState<number | null>(null);
  const isRunning = useRef(false);
  const untilResend = useSecondsLeft(mayResendAt);
  const untilTry = useSecondsLeft(mayTryAt);

  const settings = contact.method === 'email' ? settingsOf(project, 'email') : settingsOf(project, 'phone');
  const digits = settings?.otp_length ?? 6;
  const isDead = refusal !== null && needsNewCode(refusal);

  // A refusal that was only about time is over with it.
  useEffect(() => {
    if (mayTryAt !== null && untilTry === 0) setRefusal(null);
  }, [mayTryAt, untilTry === 0]);

  /** One deed at a time; what ends the login is told to whoever can begin another. */
  async function run<T>(kind: 'checking' | 'sending', deed: () => Promise<T>): Promise<T | null> {
    if (isRunning.current) return null;
    isRunning.current = true;
    setBusy(kind);
    setNote('');
    try {
      return await deed();
    } finally {
      isRunning.current = false;
      setBusy(null);
    }
  }

  function refuse(error: ApiError, waitUntil: (at: number) => void) {
    if (endsLogin(error)) {
      onOver(error);
      return;
    }
    const seconds = secondsToWait(error);
    if (seconds !== null && error.status === 429) waitUntil(inSeconds(seconds));
    setRefusal(error);
  }

  async function check(otp: string) {
    const outcome = await run('checking', () => session.verify(contact, sent.validation_id, otp));
    if (!outcome) return;
    if (outcome.ok) {
      onVerified(outcome.value);
      return;
    }
    // What was typed is worth keeping only where the same may be right a moment later.
    const isUndecided = outcome.error.status === 0 || outcome.error.status === 503;
    if (!isUndecided) setTyped('');
    refuse(outcome.error, setMayTryAt);
  }

  async function send(channel: Channel) {
    const outcome = await run('sending', () => session.send(contact, channel, language));
    if (!outcome) return;
    if (!outcome.ok) {
      refuse(outcome.error, setMayResendAt);
      return;
    }
    const isSameCode = outcome.value.expires_at === sent.expires_at;
    setSent(outcome.value);
    setTyped('');
    setRefusal(null);
    setMayTryAt(null);
    setNote(isSameCode ? words.sentAgain : words.sentAgainNew);
    setMayResendAt(inSeconds(outcome.value.resend_after_seconds));
  }

  function take(value: string) {
    setTyped(value);
    if (refusal && !isDead && value) setRefusal(null);
    if (value.length === digits) void check(value);
  }
  useWebOtp(sent.channel === 'sms', take);

  const sentence = words.codeSentTo(digits);
  const hasLink = settings?.method === 'email' && settings.magic_link;
  return (
    <>
      <Title takesFocus={false}>{words.codeTitle[sent.channel]}</Title>
      <p class="lead">
        {sentence.before}
        <strong class="contact">{contact.value}</strong>
        {sentence.after} {hasLink && words.linkToo}
      </p>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.length === digits) void check(typed);
        }}
      >
        {!isDead && (
          <CodeInput
            id={fieldId}
            label={words.code}
            digits={digits}
            value={typed}
            isBusy={isBusy !== null || untilTry > 0}
            isWrong={refusal?.code === 'INVALID_OTP'}
            describedBy={`${fieldId}-refusal`}
            onChange={take}
          />
        )}
        <Refusal id={`${fieldId}-refusal`}>
          {refusal && refusalText(refusal, words.refusals, language)}
        </Refusal>
        <Status>{isBusy === 'checking' ? words.checking : isBusy === 'sending' ? words.sending : note}</Status>
        {isDead ? (
          <MainButton
            isBusy={isBusy !== null}
            isDisabled={untilResend > 0}
            onPress={() => void send(sent.channel)}
          >
            {untilResend > 0 ? words.sendNewIn(clockTime(untilResend)) : words.sendNew}
          </MainButton>
        ) : (
          <MainButton isBusy={isBusy === 'checking'} isDisabled={typed.length !== digits || untilTry > 0}>
            {untilTry > 0 ? words.tryAgainIn(clockTime(untilTry)) : refusal?.status === 0 ? words.tryAgain : words.continue}
          </MainButton>
        )}
      </form>
      <OtherWays
        sent={sent}
        contact={contact}
        isDead={isDead}
        untilResend={untilResend}
        onSend={(channel) => void send(channel)}
        onOtherContact={() => {
          session.cancel(sent.validation_id);
          onOtherContact();
        }}
      />
      <NoMessage contact={contact} />
    </>
  );
}

interface OtherWaysProps {
  sent: SentCode;
  contact: Contact;
  isDead: boolean;
  untilResend: number;
  onSend: (channel: Channel) => void;
  onOtherContact: () => void;
}

function OtherWays({ sent, contact, isDead, untilResend, onSend, onOtherContact }: OtherWaysProps) {
  const { project, words } = useLoginPage();
  const channels = contact.method === 'phone' ? (settingsOf(project, 'phone')?.channels ?? []) : [];
  const other = channels.find((channel) => channel !== sent.channel);
  const isEarly = untilResend > 0;
  return (
    <div class="side-buttons">
      {!isDead && (
        <SideButton isDisabled={isEarly} onPress={() => onSend(sent.channel)}>
          {isEarly ? words.sendAgainIn(clockTime(untilResend)) : words.sendAgain}
        </SideButton>
      )}
      {other && (
        <SideButton isDisabled={isEarly} onPress={() => onSend(other)}>
          {other === 'sms' ? words.sendBySms : words.sendByWhatsapp}
        </SideButton>
      )}
      <SideButton onPress={onOtherContact}>
        {contact.method === 'email' ? words.otherEmail : words.otherPhone}
      </SideButton>
    </div>
  );
}

/** What usually helps, for the person who waits. */
function NoMessage({ contact }: { contact: Contact }) {
  const { project, words } = useLoginPage();
  return (
    <details class="advice">
      <summary>{words.noMessage}</summary>
      <ul>
        {words.noMessageAdvice[contact.method].map((line) => (
          <li key={line}>{line}</li>
        ))}
        {project.test && <li>{words.testExplained}</li>}
      </ul>
    </details>
  );
}
