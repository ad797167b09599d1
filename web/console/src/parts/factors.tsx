import { Alert, Anchor, Button, Code, Group, PinInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { ApiError, type Schemas, api, dataOf } from '../api.ts';
import { useNewSession } from '../session.tsx';
import { useT } from '../words.tsx';
import { Problem } from './notices.tsx';

export type SentCode = Schemas['SentSignInCode'];

const codeLength = 6;

/** Why no code was sent; where the server has no mail, what to do instead. */
export function NotSent({ problem }: { problem: unknown }) {
  const t = useT();
  if (problem instanceof ApiError && problem.code === 'NO_PROVIDER') {
    return <Alert color="yellow" title={t('no_mail')} role="alert" />;
  }
  return <Problem problem={problem} />;
}

interface EnterCodeProps {
  email: string;
  sent: SentCode;
  again: () => void;
  back?: () => void;
  then?: () => void;
}

/** The code that went to an admin's address. It begins a session. */
export function EnterCode({ email, sent, again, back, then }: EnterCodeProps) {
  const t = useT();
  const newSession = useNewSession();
  const [code, setCode] = useState('');
  const wait = useCountdown(sent.resend_after_seconds, sent);
  const verify = useMutation({
    mutationFn: (otp: string) =>
      dataOf(api.POST('/v2/access/console/session/verify', { body: { sign_in_id: sent.sign_in_id, otp } })),
    onSuccess: (session) => {
      newSession(session);
      then?.();
    },
    onError: () => setCode(''),
  });
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t('code_sent_text', { email })}
      </Text>
      {verify.isError && <Problem problem={verify.error} />}
      <PinInput
        length={codeLength}
        type="number"
        oneTimeCode
        autoFocus
        aria-label={t('code')}
        getInputProps={(index) => ({ 'aria-label': t('code_digit', { number: index + 1 }) })}
        value={code}
        onChange={setCode}
        onComplete={(otp) => verify.mutate(otp)}
        disabled={verify.isPending}
      />
      <Group justify="space-between">
        {back ? (
          <Anchor component="button" type="button" size="sm" onClick={back}>
            {t('other_address')}
          </Anchor>
        ) : (
          <span />
        )}
        <Button variant="subtle" size="compact-sm" disabled={wait > 0} onClick={again}>
          {wait > 0 ? t('send_again_in', { seconds: wait }) : t('send_again')}
        </Button>
      </Group>
    </Stack>
  );
}

/** A code of the authenticator app, or a recovery code in its place. The session goes on under a new cookie. */
export function ShowFactor({ then }: { then?: () => void }) {
  const t = useT();
  const newSession = useNewSession();
  const [isRecovery, setRecovery] = useState(false);
  const [code, setCode] = useState('');
  const show = useMutation({
    mutationFn: () =>
      dataOf(api.POST('/v2/access/console/session/factor', { body: isRecovery ? { recovery_code: code } : { otp: code } })),
    onSuccess: (session) => {
      newSession(session);
      then?.();
    },
    onError: () => setCode(''),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        // A window that asks stands above forms of the page it belongs to.
        event.stopPropagation();
        show.mutate();
      }}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          {t(isRecovery ? 'recovery_code_text' : 'factor_text')}
        </Text>
        {show.isError && <Problem problem={show.error} />}
        <TextInput
          key={String(isRecovery)}
          label={t(isRecovery ? 'recovery_code' : 'factor_code')}
          inputMode={isRecovery ? 'text' : 'numeric'}
          autoComplete={isRecovery ? 'off' : 'one-time-code'}
          maxLength={isRecovery ? 40 : codeLength}
          required
          autoFocus
          data-autofocus
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button type="submit" loading={show.isPending}>
          {t('confirm')}
        </Button>
        <Anchor component="button" type="button" size="sm" onClick={() => (setRecovery(!isRecovery), setCode(''), show.reset())}>
          {t(isRecovery ? 'use_app' : 'use_recovery_code')}
        </Anchor>
      </Stack>
    </form>
  );
}

/** Who has no app shows that they still read their mail: they sign in once more. */
export function ShowMail({ email, then }: { email: string; then?: () => void }) {
  const t = useT();
  const [sent, setSent] = useState<SentCode | null>(null);
  const send = useMutation({
    mutationFn: () => dataOf(api.POST('/v2/access/console/session', { body: { email, language: t.language } })),
    onSuccess: (data) => setSent(data as SentCode),
  });
  if (sent) return <EnterCode email={email} sent={sent} again={() => send.mutate()} {...(then ? { then } : {})} />;
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t('factor_mail_text', { email })}
      </Text>
      {send.isError && <NotSent problem={send.error} />}
      {send.isError && (
        <>
          <Text size="sm">{t('sign_in_by_link_text')}</Text>
          <Code block>accessd admin link --email {email}</Code>
        </>
      )}
      <Button onClick={() => send.mutate()} loading={send.isPending} data-autofocus>
        {t('send_code')}
      </Button>
    </Stack>
  );
}

/** Seconds that are left of `seconds`, counted anew whenever `start` changes. */
function useCountdown(seconds: number, start: unknown): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const end = Date.now() + seconds * 1000;
    const tick = () => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000)));
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [start, seconds]);
  return left;
}
