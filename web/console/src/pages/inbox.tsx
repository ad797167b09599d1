import { Alert, Badge, Box, Button, Code, CopyButton, Group, Paper, SegmentedControl, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { IconInbox, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';

import { type Schemas, api, dataOf, filled } from '../api.ts';
import { PageHead, State, When } from '../parts/basics.tsx';
import { MailFrame } from '../parts/mail_frame.tsx';
import { Empty, Problem, Waiting } from '../parts/notices.tsx';
import { useProject } from '../project.tsx';
import { useT } from '../words.tsx';
import classes from './inbox.module.css';

export type InboxMessage = Schemas['InboxMessage'];

const refetchMs = 2_000;
const shownMax = 100;

/** Messages of a test project, newest first, as soon as they are there. */
export function useInbox(projectId: string, destination: string, isWanted = true) {
  return useQuery({
    queryKey: ['inbox', projectId, destination],
    queryFn: () =>
      dataOf(
        api.GET('/v2/access/projects/{project_id}/inbox', {
          params: { path: { project_id: projectId }, query: { limit: shownMax, ...filled({ destination }) } },
        }),
      ),
    enabled: isWanted,
    refetchInterval: refetchMs,
  });
}

/** What a test project would have sent, as people would see it. */
export function Inbox() {
  const t = useT();
  const { projectId, isTest } = useProject();
  const [search, setSearch] = useSearchParams();
  const destination = search.get('destination') ?? '';
  const query = useInbox(projectId, destination, isTest);
  const [openId, setOpenId] = useState<string | null>(null);
  if (!isTest) return <Empty title={t('inbox_live')}>{t('inbox_live_text')}</Empty>;
  const items = query.data?.items ?? [];
  const open = items.find((one) => one.message_id === openId) ?? items[0];
  return (
    <>
      <PageHead title={t('nav_inbox')} text={t('inbox_text')} />
      <TextInput
        label={t('recipient')}
        value={destination}
        onChange={(event) => setSearch(event.currentTarget.value ? { destination: event.currentTarget.value } : {}, { replace: true })}
        leftSection={<IconSearch size={14} />}
        maw={320}
        mb="md"
      />
      {query.isPending && <Waiting />}
      {query.isError && <Problem problem={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && !open && (
        <Paper withBorder>
          <Empty title={t('inbox_empty')} icon={<IconInbox size={28} />} action={<Button component={Link} to={`/${projectId}/setup/try`}>{t('try_a_login')}</Button>}>
            {t('inbox_empty_text')}
          </Empty>
        </Paper>
      )}
      {open && (
        <div className={classes.columns}>
          <Paper withBorder className={classes.list}>
            {items.map((one) => (
              <UnstyledButton key={one.message_id} className={classes.item} aria-current={one === open} onClick={() => setOpenId(one.message_id)}>
                <Group justify="space-between" wrap="nowrap" gap="xs">
                  <Text size="sm" fw={600} truncate>
                    {one.destination}
                  </Text>
                  {one.otp && (
                    <Badge variant="light" ff="monospace">
                      {one.otp}
                    </Badge>
                  )}
                </Group>
                <Text size="xs" c="dimmed" truncate>
                  {one.subject ?? one.text}
                </Text>
                <Text size="xs" c="dimmed">
                  <When at={one.created_at} />
                </Text>
              </UnstyledButton>
            ))}
          </Paper>
          <InboxView message={open} />
        </div>
      )}
    </>
  );
}

/** One message: a mail in its frame, a text message as on a phone. */
export function InboxView({ message }: { message: InboxMessage }) {
  const t = useT();
  const { projectId } = useProject();
  const [shown, setShown] = useState<'html' | 'text'>('html');
  const isMail = message.channel === 'email' && message.html !== null;
  return (
    <Paper withBorder p="md" style={{ minWidth: 0 }} aria-live="polite">
      <Group justify="space-between" mb="sm" align="flex-start">
        <Box style={{ minWidth: 0 }}>
          <Text fw={650} style={{ overflowWrap: 'anywhere' }}>
            {message.subject ?? message.destination}
          </Text>
          <Group gap="xs">
            <Text size="xs" c="dimmed">
              {message.destination} · <When at={message.created_at} />
            </Text>
            <State value={message.status} label={t(`message_${message.status}`)} />
          </Group>
        </Box>
        {isMail && (
          <SegmentedControl
            size="xs"
            aria-label={t('shown_as')}
            value={shown}
            onChange={(value) => setShown(value as 'html' | 'text')}
            data={[
              { value: 'html', label: t('shown_html') },
              { value: 'text', label: t('shown_text') },
            ]}
          />
        )}
      </Group>
      {message.otp && (
        <Alert mb="sm" py="xs">
          <Group gap="sm">
            <Text size="sm">{t('code')}</Text>
            <Code fz="lg" data-testid="inbox-otp">
              {message.otp}
            </Code>
            <CopyButton value={message.otp}>
              {({ copied, copy }) => (
                <Button size="compact-xs" variant="default" onClick={copy}>
                  {t(copied ? 'copied' : 'copy')}
                </Button>
              )}
            </CopyButton>
            {message.validation_id && (
              <Button size="compact-xs" variant="subtle" component={Link} to={`/${projectId}/validations/${message.validation_id}`}>
                {t('timeline')}
              </Button>
            )}
          </Group>
        </Alert>
      )}
      {isMail && shown === 'html' && <MailFrame html={message.html ?? ''} title={t('shown_html')} />}
      {isMail && shown === 'text' && <pre className={classes.plain}>{message.text}</pre>}
      {!isMail && (
        <Stack className={classes.phone} aria-label={t('shown_phone')}>
          <Text size="xs" c="dimmed" ta="center">
            {t(`channel_${message.channel}`)}
          </Text>
          <div className={classes.bubble}>{message.text}</div>
        </Stack>
      )}
    </Paper>
  );
}
