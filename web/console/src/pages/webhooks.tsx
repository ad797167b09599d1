import { Alert, Button, Modal, MultiSelect, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconWebhook } from '@tabler/icons-react';

import { ApiError, type Page, call } from '../api.ts';
import { CodeBlock, PageHead, State, When } from '../parts/basics.tsx';
import { useDeed } from '../parts/deeds.tsx';
import { List } from '../parts/list.tsx';
import { useProject } from '../project.tsx';
import { useSession } from '../session.tsx';
import { useIssues, useT } from '../words.tsx';
import { type Webhook, type WebhookWithSecret, eventTypes } from './webhook_types.ts';

export function Webhooks() {
  const t = useT();
  return (
    <>
      <PageHead title={t('nav_webhooks')} text={t('webhooks_text')} />
      <WebhookList />
    </>
  );
}

/** A project's webhooks, and the way to one more; part of set-up, too. */
export function WebhookList() {
  const t = useT();
  const { projectId } = useProject();
  const { mayChange } = useSession();
  const [isOpen, { open, close }] = useDisclosure(false);
  const add = mayChange && (
    <Button leftSection={<IconPlus size={16} />} onClick={open} w="fit-content">
      {t('add_webhook')}
    </Button>
  );
  return (
    <Stack>
      {add}
      <List<Webhook>
        queryKey={['webhooks', projectId]}
        fetch={(query) => call<Page<Webhook>>('GET', `/projects/${projectId}/webhooks`, { query: { ...query } })}
        itemKey={(one) => one.webhook_id}
        link={(one) => `/${projectId}/webhooks/${one.webhook_id}`}
        columns={[
          { name: t('address'), cell: (one) => one.url },
          { name: t('events'), cell: (one) => (one.events.includes('*') ? t('all_events') : one.events.join(', ')) },
          { name: t('state'), cell: (one) => <State value={one.status} label={t(`webhook_${one.status}`)} /> },
          { name: t('failing_since'), cell: (one) => <When at={one.health.failing_since} /> },
          { name: t('waiting'), cell: (one) => one.health.events_waiting },
        ]}
        empty={{ title: t('webhooks_empty'), children: t('webhooks_empty_text'), icon: <IconWebhook size={28} /> }}
        refetchMs={15_000}
      />
      <NewWebhook isOpen={isOpen} close={close} />
    </Stack>
  );
}

function NewWebhook({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const t = useT();
  const issuesOf = useIssues();
  const { projectId } = useProject();
  const form = useForm({ initialValues: { url: '', events: ['*'] as string[], description: '' } });
  const create = useDeed({
    run: ({ description, ...rest }: typeof form.values) =>
      call<WebhookWithSecret>('POST', `/projects/${projectId}/webhooks`, { body: { ...rest, ...(description ? { description } : {}) } }).catch(
        (problem: unknown) => {
          if (problem instanceof ApiError) form.setErrors(issuesOf(problem));
          throw problem;
        },
      ),
    stale: [['webhooks', projectId], ['setup', projectId]],
  });
  const leave = () => {
    create.reset();
    form.reset();
    close();
  };
  return (
    <Modal closeButtonProps={{ 'aria-label': t('close') }} opened={isOpen} onClose={leave} title={t('add_webhook')} centered size="lg" closeOnClickOutside={!create.data}>
      {create.data ? (
        <NewSecret secret={create.data.secret} warnings={create.data.warnings ?? []} close={leave} />
      ) : (
        <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
          <Stack>
            <TextInput label={t('address')} type="url" required placeholder="https://shop.example/hooks" data-autofocus {...form.getInputProps('url')} />
            <MultiSelect label={t('events')} description={t('events_hint')} searchable data={['*', ...eventTypes]} {...form.getInputProps('events')} />
            <TextInput label={t('description')} {...form.getInputProps('description')} />
            <Button type="submit" loading={create.isPending}>
              {t('add_webhook')}
            </Button>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

/** A secret that is shown this once. */
export function NewSecret({ secret, warnings = [], close }: { secret: string; warnings?: string[]; close: () => void }) {
  const t = useT();
  return (
    <Stack>
      {warnings.map((warning) => (
        <Alert key={warning} color="yellow">
          {warning}
        </Alert>
      ))}
      <Alert color="yellow" title={t('key_once')}>
        {t('webhook_secret_text')}
      </Alert>
      <CodeBlock label={t('key_once')} text={secret} />
      <Button onClick={close}>{t('key_kept')}</Button>
    </Stack>
  );
}
