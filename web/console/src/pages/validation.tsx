import { Alert, Anchor, Button, Code, SimpleGrid, Text, Timeline } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCircle, IconInfoCircle, IconSend, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';

import { type Schemas, api, dataOf } from '../api.ts';
import { Card, Facts, Id, PageHead, State, When } from '../parts/basics.tsx';
import { useDeed } from '../parts/deeds.tsx';
import { Problem, Waiting } from '../parts/notices.tsx';
import { useProject } from '../project.tsx';
import { useSession } from '../session.tsx';
import { type WordKey, useFormats, useT, useTold } from '../words.tsx';
import { why } from './why.ts';

type Validation = Schemas['ValidationWithTimeline'];
type Entry = Schemas['TimelineEntry'];

/** One code and all that happened to it: what a support person opens when somebody got no code. */
export function ValidationPage() {
  const t = useT();
  const { id = '' } = useParams();
  const { projectId } = useProject();
  const { mayChange } = useSession();
  const query = useQuery({
    queryKey: ['validation', id],
    queryFn: async () =>
      (await dataOf(
        api.GET('/v2/access/validations/{validation_id}', { params: { path: { validation_id: id } } }),
      )) as Validation,
    refetchInterval: ({ state }) => (state.data?.status === 'pending' ? 3_000 : false),
  });
  const cancel = useDeed({
    run: () =>
      dataOf(api.POST('/v2/access/validations/{validation_id}/cancel', { params: { path: { validation_id: id } } })),
    stale: [['validation', id]],
    done: t('canceled_done'),
  });
  if (query.isPending) return <Waiting />;
  if (query.isError) return <Problem problem={query.error} retry={() => void query.refetch()} />;
  const one = query.data;
  return (
    <>
      <PageHead
        title={t('validation_of', { destination: one.destination })}
        text={<State value={one.status} label={t(`state_${one.status}`)} />}
        actions={
          mayChange &&
          one.status === 'pending' && (
            <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
              {t('cancel_validation')}
            </Button>
          )
        }
      />
      <Explanation validation={one} />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Card title={t('timeline')}>
          <History entries={one.timeline} />
        </Card>
        <Card title={t('details')}>
          <Facts
            facts={[
              [t('validation_id'), <Id key="id" value={one.validation_id} />],
              [t('login'), <Anchor key="login" component={Link} to={`/${projectId}/logins/${one.login_id}`}>{one.login_id}</Anchor>],
              [t('person'), one.user_id ? <Anchor key="user" component={Link} to={`/${projectId}/users/${encodeURIComponent(one.user_id)}`}>{one.user_id}</Anchor> : t('nobody_yet')],
              [t('channel'), t(`channel_${one.channel}`)],
              [t('language'), one.language],
              [t('attempts_left'), `${one.attempts_remaining} / ${one.max_attempts}`],
              [t('created'), <When key="created" at={one.created_at} />],
              [t('expires'), <When key="expires" at={one.expires_at} />],
              [t('ended'), <When key="ended" at={one.ended_at} />],
              [t('client_address'), one.client?.ip ?? '–'],
              [t('client_browser'), one.client?.user_agent ?? '–'],
              ...(one.metadata ? [[t('metadata'), <Code key="metadata" block>{JSON.stringify(one.metadata, null, 2)}</Code>] as [string, React.ReactNode]] : []),
            ]}
          />
        </Card>
      </SimpleGrid>
    </>
  );
}

/** What a support person tells who asks: in one sentence what happened, in another what to do. */
function Explanation({ validation }: { validation: Validation }) {
  const t = useT();
  const reason = why(validation);
  return (
    <Alert
      mb="lg"
      color={{ good: 'teal', waiting: 'blue', bad: 'orange' }[reason.mood]}
      icon={reason.mood === 'good' ? <IconCheck /> : reason.mood === 'waiting' ? <IconInfoCircle /> : <IconAlertTriangle />}
      title={t(`why_${reason.key}` as WordKey)}
    >
      {t(`why_${reason.key}_do` as WordKey)}
    </Alert>
  );
}

const moods: Partial<Record<Entry['type'], [string, React.ReactNode]>> = {
  validated: ['teal', <IconCheck key="i" size={12} />],
  delivered: ['teal', <IconCheck key="i" size={12} />],
  sent: ['blue', <IconSend key="i" size={12} />],
  queued: ['blue', <IconSend key="i" size={12} />],
  delivery_failed: ['red', <IconX key="i" size={12} />],
  wrong_code: ['orange', <IconX key="i" size={12} />],
  failed: ['red', <IconX key="i" size={12} />],
  expired: ['orange', <IconX key="i" size={12} />],
  not_sent: ['orange', <IconAlertTriangle key="i" size={12} />],
};

export function History({ entries }: { entries: Entry[] }) {
  const t = useT();
  const told = useTold();
  const formats = useFormats();
  return (
    <Timeline bulletSize={22} lineWidth={2} active={entries.length}>
      {entries.map((entry, index) => {
        const [color, bullet] = moods[entry.type] ?? ['gray', <IconCircle key="i" size={10} />];
        return (
          <Timeline.Item key={index} color={color} bullet={bullet} title={<Text size="sm" fw={550}>{told(entry.text)}</Text>}>
            {entry.provider_answer && (
              <Code block fz="xs" my={4}>
                {entry.provider_answer}
              </Code>
            )}
            <Text size="xs" c="dimmed">
              <time dateTime={entry.at} title={formats.exact(entry.at)}>
                {formats.clock(entry.at)}
              </time>
              {' · '}
              {t(`channel_${entry.channel}`)}
            </Text>
          </Timeline.Item>
        );
      })}
    </Timeline>
  );
}
