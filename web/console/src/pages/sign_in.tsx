import { Alert, Anchor, Box, Button, Center, Code, Group, Paper, PinInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { ApiError, type Schemas, api, dataOf, setCsrfToken } from '../api.ts';
import icon from '../icon.svg';
import { Problem } from '../parts/notices.tsx';
import { sessionKey } from '../session.tsx';
import { LanguageMenu } from '../shell.tsx';
import { useT } from '../words.tsx';

type SentCode = Schemas['SentSignInCode'];

/** Signing in by a code to the admin's own address; by a link where mail doesn't work, or nobody is an admin yet. */
export function SignIn() {
  const t = useT();
  const [email, setEmail] = useState('');
  const [sent, setSent] = useState<SentCode | null>(null);
  useEffect(() => {
    document.title = `${t('sign_in')} · accessd`;
  }, [t]);
  const send = useMutation({
    mutationFn: () => dataOf(api.POST('/v2/access/console/session', { body: { email, language: t.language } })),
    onSuccess: (data) => setSent(data as SentCode),
  });
  return (
    <Center mih="100vh" p="md" component="main">
      <Box w="100%" maw={420}>
        <Group justify="space-between" mb="md">
          <Group gap="xs">
            <img src={icon} width={32} height={32} alt="" />
            <Text fw={700} size="lg">
              accessd
            </Text>
          </Group>
          <LanguageMenu />
        </Group>
        <Paper withBorder p="xl" shadow="sm">
          <Title order={1} mb={4}>
            {t('sign_in')}
          </Title>
          {sent ? (
            <EnterCode email={email} sent={sent} again={() => send.mutate()} back={() => setSent(null)} />
          ) : (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                send.mutate();
              }}
            >
              <Stack>
                <Text size="sm" c="dimmed">
                  {t('sign_in_text')}
                </Text>
                {send.error instanceof ApiError && send.error.code === 'NO_PROVIDER' ? (
                  <Alert color="yellow" title={t('no_mail')} role="alert" />
                ) : (
                  send.isError && <Problem problem={send.error} />
                )}
                <TextInput
                  label={t('email')}
                  type="email"
                  autoComplete="email"
                  required
                  autoFocus
                  value={email}
                  onChange={(event) => setEmail(event.currentTarget.value)}
                />
                <Button type="submit" loading={send.isPending}>
                  {t('send_code')}
                </Button>
              </Stack>
            </form>
          )}
        </Paper>
        <Alert mt="md" variant="light" color="gray" title={t('sign_in_by_link')}>
          <Text size="sm" mb={6}>
            {t('sign_in_by_link_text')}
          </Text>
          <Code block>accessd admin link --email {email || 'you@example.com'}</Code>
          <Text size="sm" mt={6}>
            {t('sign_in_first')}
          </Text>
        </Alert>
      </Box>
    </Center>
  );
}

const codeLength = 6;

interface EnterCodeProps {
  email: string;
  sent: SentCode;
  again: () => void;
  back: () => void;
}

function EnterCode({ email, sent, again, back }: EnterCodeProps) {
  const t = useT();
  const queries = useQueryClient();
  const [code, setCode] = useState('');
  const wait = useCountdown(sent.resend_after_seconds, sent);
  const verify = useMutation({
    mutationFn: (otp: string) =>
      dataOf(api.POST('/v2/access/console/session/verify', { body: { sign_in_id: sent.sign_in_id, otp } })),
    onSuccess: (session) => {
      setCsrfToken(session.csrf_token);
      queries.setQueryData(sessionKey, session);
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
        <Anchor component="button" type="button" size="sm" onClick={back}>
          {t('other_address')}
        </Anchor>
        <Button variant="subtle" size="compact-sm" disabled={wait > 0} onClick={again}>
          {wait > 0 ? t('send_again_in', { seconds: wait }) : t('send_again')}
        </Button>
      </Group>
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
