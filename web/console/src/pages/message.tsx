import { Anchor, Code, Group, SimpleGrid, Text, Timeline } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';

import { api, dataOf } from '../api.ts';
import { Card, Facts, Id, PageHead, State, When } from '../parts/basics.tsx';
import { Problem, Waiting } from '../parts/notices.tsx';
import { useProject } from '../project.tsx';
import { useT } from '../words.tsx';

/** One message, and every try to hand it over. */
export function MessagePage() {
  const t = useT();
  const { id = '' } = useParams();
  const { projectId } = useProject();
  const query = useQuery({
    queryKey: ['message', id],
    queryFn: () => dataOf(api.GET('/v2/access/messages/{message_id}', { params: { path: { message_id: id } } })),
    refetchInterval: ({ state }) => (state.data?.status === 'queued' ? 3_000 : false),
  });
  if (query.isPending) return <Waiting />;
  if (query.isError) return <Problem problem={query.error} retry={() => void query.refetch()} />;
  const one = query.data;
  return (
    <>
      <PageHead
        title={t('message_to', { destination: one.destination })}
        text={<State value={one.status} label={t(`message_${one.status}`)} />}
      />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Card title={t('tries')}>
          {one.attempts.length === 0 && (
            <Text size="sm" c="dimmed">
              {t(one.test ? 'no_tries_test' : 'no_tries')}
            </Text>
          )}
          <Timeline bulletSize={18} lineWidth={2}>
            {one.attempts.map((attempt) => (
              <Timeline.Item
                key={attempt.number}
                title={
                  <Group gap="xs">
                    <Text span fw={600}>
                      {attempt.sender}
                    </Text>
                    <State value={attempt.outcome} label={t(`outcome_${attempt.outcome}`)} />
                  </Group>
                }
              >
                {attempt.reason && <Text size="sm">{attempt.reason}</Text>}
                {attempt.provider_answer && (
                  <Code block fz="xs" my={4}>
                    {attempt.provider_answer}
                  </Code>
                )}
                <Text size="xs" c="dimmed">
                  <When at={attempt.started_at} /> · {attempt.duration_ms} ms
                </Text>
              </Timeline.Item>
            ))}
          </Timeline>
        </Card>
        <Card title={t('details')}>
          <Facts
            facts={[
              [t('message_id'), <Id key="id" value={one.message_id} />],
              [t('validation'), one.validation_id ? <Anchor key="validation" component={Link} to={`/${projectId}/validations/${one.validation_id}`}>{one.validation_id}</Anchor> : '–'],
              [t('channel'), t(`channel_${one.channel}`)],
              [t('language'), one.language],
              [t('created'), <When key="created" at={one.created_at} />],
              [t('next_try'), <When key="next" at={one.next_attempt_at} />],
              [t('expires'), <When key="expires" at={one.expires_at} />],
            ]}
          />
        </Card>
      </SimpleGrid>
    </>
  );
}
