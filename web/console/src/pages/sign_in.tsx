import { Alert, Anchor, Box, Button, Center, Code, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';

import { api, dataOf } from '../api.ts';
import icon from '../icon.svg';
import { EnterCode, NotSent, type SentCode, ShowFactor } from '../parts/factors.tsx';
import { useSignOut } from '../session.tsx';
import { LanguageMenu } from '../shell.tsx';
import { useT } from '../words.tsx';

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
    <SignInFrame
      below={
        <Alert mt="md" variant="light" color="gray" title={t('sign_in_by_link')}>
          <Text size="sm" mb={6}>
            {t('sign_in_by_link_text')}
          </Text>
          <Code block>accessd admin link --email {email || 'you@example.com'}</Code>
          <Text size="sm" mt={6}>
            {t('sign_in_first')}
          </Text>
        </Alert>
      }
    >
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
            {send.isError && <NotSent problem={send.error} />}
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
    </SignInFrame>
  );
}

/** After the first factor, where the admin has a second. */
export function AwaitFactor() {
  const t = useT();
  const signOut = useSignOut();
  return (
    <SignInFrame>
      <Stack>
        <ShowFactor />
        <Anchor component="button" type="button" size="sm" onClick={() => void signOut()}>
          {t('sign_out')}
        </Anchor>
      </Stack>
    </SignInFrame>
  );
}

function SignInFrame({ children, below }: { children: ReactNode; below?: ReactNode }) {
  const t = useT();
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
          {children}
        </Paper>
        {below}
      </Box>
    </Center>
  );
}
