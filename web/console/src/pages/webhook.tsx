import { Button, Code, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconRefresh, IconSend, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';

import { type Page, call } from '../api.ts';
import { Card, CodeBlock, Facts, PageHead, State, When } from '../parts/basics.tsx';
import { useAsk, useDeed } from '../parts/deeds.tsx';
import { List } from '../parts/list.tsx';
import { Problem, Waiting } from '../parts/notices.tsx';
import { useProject } from '../project.tsx';
import { useSession } from '../session.tsx';
import { useT } from '../words.tsx';
import { type Delivery, type DeliveryWithAttempts, type Webhook, type WebhookTest, type WebhookWithSecret, eventTypes } from './webhook_types.ts';
import { NewSecret } from './webhooks.tsx';

/** One webhook: how it fares, what was delivered, and delivering again. */
export function WebhookPage() {
  const { id = '' } = useParams();
  const query = useQuery({ queryKey: ['webhook', id], queryFn: () => call<Webhook>('GET', `/webhooks/${id}`), refetchInterval: 10_000 });
  if (query.isPending) return <Waiting />;
  if (query.isError) return <Problem problem={query.error} retry={() => void query.refetch()} />;
  return <Shown webhook={query.data} />;
}

function Shown({ webhook }: { webhook: Webhook }) {
  const t = useT();
  const ask = useAsk();
  const navigate = useNavigate();
  const { projectId } = useProject();
  const { mayChange } = useSession();
  const [openId, setOpenId] = useState<string | null>(null);
  const base = `/webhooks/${webhook.webhook_id}`;
  const stale = [['webhook', webhook.webhook_id], ['webhooks', projectId]];
  const pause = useDeed({ run: () => call('PATCH', base, { body: { status: webhook.status === 'active' ? 'paused' : 'active' } }), stale, done: t('saved') });
  const rotate = useDeed({ run: () => call<WebhookWithSecret>('POST', `${base}/rotate-secret`), stale });
  const remove = useDeed({ run: () => call('DELETE', base), stale: [['webhooks', projectId]], done: t('webhook_removed'), then: () => void navigate(`/${projectId}/webhooks`) });
  return (
    <Stack>
      <PageHead
        title={webhook.url}
        text={<State value={webhook.status} label={t(`webhook_${webhook.status}`)} />}
        actions={
          mayChange && (
            <>
              <Button variant="default" loading={pause.isPending} onClick={() => pause.mutate()}>
                {t(webhook.status === 'active' ? 'pause' : 'resume')}
              </Button>
              <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={() => ask(t('rotate_secret'), t('rotate_secret_text'), t('rotate_secret'), () => rotate.mutate())}>
                {t('rotate_secret')}
              </Button>
              <Button color="red" variant="light" leftSection={<IconTrash size={16} />} onClick={() => ask(t('remove_webhook'), t('remove_webhook_text', { url: webhook.url }), t('remove'), () => remove.mutate())}>
                {t('remove')}
              </Button>
            </>
          )
        }
      />
      <Card>
        <Facts
          facts={[
            [t('events'), webhook.events.includes('*') ? t('all_events') : webhook.events.join(', ')],
            [t('last_success'), <When key="ok" at={webhook.health.last_success_at} />],
            [t('last_failure'), <When key="bad" at={webhook.health.last_failure_at} />],
            [t('failing_since'), <When key="since" at={webhook.health.failing_since} />],
            [t('waiting'), webhook.health.events_waiting],
          ]}
        />
      </Card>
      {mayChange && <Test base={base} />}
      <Deliveries webhook={webhook} open={setOpenId} />
      {openId && <DeliveryView id={openId} close={() => setOpenId(null)} />}
      <Modal closeButtonProps={{ 'aria-label': t('close') }} opened={rotate.data !== undefined} onClose={() => rotate.reset()} title={t('rotate_secret')} centered>
        {rotate.data && <NewSecret secret={rotate.data.secret} close={() => rotate.reset()} />}
      </Modal>
    </Stack>
  );
}

function Test({ base }: { base: string }) {
  const t = useT();
  const [type, setType] = useState<string>('login.completed');
  const test = useDeed({ run: () => call<WebhookTest>('POST', `${base}/test`, { body: { type } }) });
  return (
    <Card title={t('webhook_test')} text={t('webhook_test_text')}>
      <Group align="flex-end">
        <Select label={t('event')} searchable allowDeselect={false} data={[...eventTypes]} value={type} onChange={(value) => value && setType(value)} />
        <Button variant="default" leftSection={<IconSend size={16} />} loading={test.isPending} onClick={() => test.mutate()}>
          {t('send_test')}
        </Button>
      </Group>
      {test.data && (
        <Stack gap="xs" mt="sm" role="status">
          <Group gap="xs">
            <State value={test.data.accepted ? 'accepted' : 'failed'} label={t(test.data.accepted ? 'outcome_accepted' : 'state_failed')} />
            <Text size="sm">
              {test.data.status ?? ''} {test.data.reason ?? ''} · {test.data.took_ms} ms
            </Text>
          </Group>
          {test.data.answer && <Code block>{test.data.answer}</Code>}
        </Stack>
      )}
    </Card>
  );
}

function Deliveries({ webhook, open }: { webhook: Webhook; open: (id: string) => void }) {
  const t = useT();
  const { mayChange } = useSession();
  const key = ['deliveries', webhook.webhook_id];
  const again = useDeed({ run: (one: Delivery) => call('POST', `/deliveries/${one.delivery_id}/redeliver`), stale: [key], done: t('redelivered') });
  return (
    <Card title={t('deliveries')} actions={mayChange && <RedeliverRange webhook={webhook} stale={key} />}>
      <List<Delivery>
        queryKey={key}
        fetch={(page, filters) => call<Page<Delivery>>('GET', `/webhooks/${webhook.webhook_id}/deliveries`, { query: { ...page, ...filters } })}
        filters={[
          { name: 'status', label: t('state'), options: (['queued', 'delivered', 'failed'] as const).map((value) => ({ value, label: t(`message_${value}`) })) },
          { name: 'type', label: t('event'), options: eventTypes.map((value) => ({ value, label: value })) },
        ]}
        itemKey={(one) => one.delivery_id}
        columns={[
          { name: t('when'), cell: (one) => <When at={one.created_at} /> },
          { name: t('event'), cell: (one) => one.type },
          { name: t('state'), cell: (one) => <State value={one.status} label={t(`message_${one.status}`)} /> },
          { name: t('tries'), cell: (one) => one.tries },
          { name: t('answer'), cell: (one) => [one.last_status, one.last_reason].filter(Boolean).join(' ') || '–' },
          {
            name: '',
            cell: (one) => (
              <Group gap={4} wrap="nowrap" justify="flex-end">
                <Button size="xs" variant="subtle" onClick={() => open(one.delivery_id)}>
                  {t('details')}
                </Button>
                {mayChange && (
                  <Button size="xs" variant="default" loading={again.isPending && again.variables === one} onClick={() => again.mutate(one)}>
                    {t('redeliver')}
                  </Button>
                )}
              </Group>
            ),
          },
        ]}
        empty={{ title: t('deliveries_empty'), children: t('deliveries_empty_text') }}
        refetchMs={10_000}
      />
    </Card>
  );
}

/** Everything of some hours once more, after the receiving server was away. */
function RedeliverRange({ webhook, stale }: { webhook: Webhook; stale: string[] }) {
  const t = useT();
  const [isOpen, setOpen] = useState(false);
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const run = useDeed({
    run: () =>
      call<{ events_in_range: number }>('POST', `/webhooks/${webhook.webhook_id}/redeliver`, {
        body: { from: new Date(from).toISOString(), to: new Date(to).toISOString() },
      }),
    stale: [stale],
    done: t('redelivered'),
    then: () => setOpen(false),
  });
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpen(true)}>
        {t('redeliver_range')}
      </Button>
      <Modal closeButtonProps={{ 'aria-label': t('close') }} opened={isOpen} onClose={() => setOpen(false)} title={t('redeliver_range')} centered>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            run.mutate();
          }}
        >
          <Stack>
            <TextInput label={t('from')} type="datetime-local" required value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
            <TextInput label={t('to')} type="datetime-local" required value={to} onChange={(event) => setTo(event.currentTarget.value)} />
            <Button type="submit" loading={run.isPending}>
              {t('redeliver')}
            </Button>
          </Stack>
        </form>
      </Modal>
    </>
  );
}

function DeliveryView({ id, close }: { id: string; close: () => void }) {
  const t = useT();
  const query = useQuery({ queryKey: ['delivery', id], queryFn: () => call<DeliveryWithAttempts>('GET', `/deliveries/${id}`) });
  return (
    <Modal closeButtonProps={{ 'aria-label': t('close') }} opened onClose={close} title={query.data?.type ?? t('deliveries')} size="xl" centered>
      {query.isPending && <Waiting />}
      {query.isError && <Problem problem={query.error} />}
      {query.data && (
        <Stack>
          {query.data.body && <CodeBlock label={t('event')} text={pretty(query.data.body)} />}
          {query.data.attempts.map((attempt) => (
            <Stack key={attempt.number} gap={4}>
              <Text size="sm" fw={600}>
                {attempt.number}. <When at={attempt.started_at} /> · {attempt.status ?? '–'} {attempt.reason ?? ''} · {attempt.took_ms} ms
              </Text>
              {attempt.answer && <Code block>{attempt.answer}</Code>}
            </Stack>
          ))}
        </Stack>
      )}
    </Modal>
  );
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
