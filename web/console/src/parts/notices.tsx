import { Alert, Button, Center, Group, Loader, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconInbox, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';

import { ApiError } from '../api.ts';
import { useErrorWords, useT } from '../words.tsx';

export function Waiting() {
  const t = useT();
  return (
    <Center py="xl" role="status" aria-label={t('loading')}>
      <Loader />
    </Center>
  );
}

/** A failure in place of what couldn't be shown, with the id that leads to its cause in the log. */
export function Problem({ problem, retry }: { problem: unknown; retry?: () => void }) {
  const t = useT();
  const words = useErrorWords();
  const requestId = problem instanceof ApiError ? problem.requestId : null;
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={words(problem)} role="alert">
      <Group justify="space-between">
        {requestId && (
          <Text size="xs" c="dimmed" ff="monospace">
            {t('request_id', { id: requestId })}
          </Text>
        )}
        {retry && (
          <Button size="xs" variant="light" color="red" leftSection={<IconRefresh size={14} />} onClick={retry}>
            {t('try_again')}
          </Button>
        )}
      </Group>
    </Alert>
  );
}

/** What a list shows instead of nothing: what it is for, and what to do so that it fills. */
export function Empty({ title, children, action, icon }: EmptyProps) {
  return (
    <Stack align="center" gap="xs" py={48} px="md" ta="center">
      <ThemeIcon size={56} radius="xl" variant="light">
        {icon ?? <IconInbox size={28} />}
      </ThemeIcon>
      <Title order={3}>{title}</Title>
      {children && (
        <Text c="dimmed" maw={460} size="sm" component="div">
          {children}
        </Text>
      )}
      {action}
    </Stack>
  );
}
export interface EmptyProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  icon?: ReactNode;
}

/** Short notices: something was done, or wasn't. */
export function useNotices() {
  const words = useErrorWords();
  return {
    done: (message: string) => notifications.show({ message, color: 'accessd', withBorder: true }),
    failed: (problem: unknown) =>
      notifications.show({ message: words(problem), color: 'red', withBorder: true, autoClose: 10_000 }),
  };
}
