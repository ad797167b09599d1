import { Alert, Button, Group, Modal, NumberInput, PasswordInput, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconSend } from '@tabler/icons-react';
import { useState } from 'react';

import { ApiError, type Schemas, api, dataOf } from '../api.ts';
import { CodeBlock, PageHead, State } from '../parts/basics.tsx';
import { useAsk, useDeed } from '../parts/deeds.tsx';
import { List } from '../parts/list.tsx';
import { useProject } from '../project.tsx';
import { useSession } from '../session.tsx';
import { useT } from '../words.tsx';

type Sender = Schemas['Sender'];

export function Senders() {
  const t = useT();
  const ask = useAsk();
  const { projectId } = useProject();
  const { mayChange } = useSession();
  const [isOpen, { open, close }] = useDisclosure(false);
  const [tested, setTested] = useState<Sender | null>(null);
  const remove = useDeed({
    run: (sender: Sender) => dataOf(api.DELETE('/v2/access/senders/{sender_id}', { params: { path: { sender_id: sender.sender_id } } })),
    stale: [['senders', projectId], ['setup', projectId]],
    done: t('sender_removed'),
  });
  const add = mayChange && (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      {t('add_sender')}
    </Button>
  );
  return (
    <>
      <PageHead title={t('nav_senders')} text={t('senders_text')} actions={add} />
      <List<Sender>
        queryKey={['senders', projectId]}
        fetch={(query) => dataOf(api.GET('/v2/access/projects/{project_id}/senders', { params: { path: { project_id: projectId }, query } }))}
        itemKey={(sender) => sender.sender_id}
        columns={[
          { name: t('name'), cell: (sender) => sender.name },
          { name: t('kind'), cell: (sender) => `${sender.kind} · ${sender.channel}` },
          { name: t('server'), cell: (sender) => `${sender.settings.host}:${sender.settings.port}` },
          { name: t('from_address'), cell: (sender) => sender.settings.from },
          { name: t('priority'), cell: (sender) => sender.priority },
          {
            name: t('health'),
            cell: (sender) => (
              <Stack gap={2}>
                <span>
                  <State value={sender.health.status} label={t(`health_${sender.health.status}`)} />
                </span>
                {sender.health.last_error && (
                  <Text size="xs" c="dimmed">
                    {sender.health.last_error}
                  </Text>
                )}
              </Stack>
            ),
          },
          {
            name: '',
            cell: (sender) =>
              mayChange && (
                <Group gap={4} justify="flex-end" wrap="nowrap">
                  <Button size="xs" variant="default" onClick={() => setTested(sender)}>
                    {t('send_test')}
                  </Button>
                  <Button size="xs" variant="subtle" color="red" onClick={() => ask(t('remove_sender'), t('remove_sender_text', { name: sender.name }), t('remove'), () => remove.mutate(sender))}>
                    {t('remove')}
                  </Button>
                </Group>
              ),
          },
        ]}
        empty={{ title: t('senders_empty'), children: t('senders_empty_text'), icon: <IconSend size={28} />, action: add }}
      />
      <NewSender isOpen={isOpen} close={close} />
      {tested && <TestSender sender={tested} close={() => setTested(null)} />}
    </>
  );
}

const securities = ['starttls', 'tls', 'none'] as const;

function NewSender({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const t = useT();
  const { projectId } = useProject();
  const form = useForm({
    initialValues: { name: '', host: '', port: 587, security: 'starttls' as (typeof securities)[number], user: '', password: '', from: '', from_name: '' },
  });
  const create = useDeed({
    run: ({ name, user, password, from_name, ...rest }: typeof form.values) =>
      dataOf(
        api.POST('/v2/access/projects/{project_id}/senders', {
          params: { path: { project_id: projectId } },
          body: { name, kind: 'smtp', settings: { ...rest, user: user || null, password: password || null, from_name: from_name || null } },
        }),
      ).catch((problem: unknown) => {
        if (problem instanceof ApiError) {
          form.setErrors(Object.fromEntries(problem.fields.map(({ field, issue }) => [field.replace('settings.', ''), issue])));
        }
        throw problem;
      }),
    stale: [['senders', projectId], ['setup', projectId]],
    done: t('sender_added'),
  });
  const leave = () => {
    create.reset();
    form.reset();
    close();
  };
  return (
    <Modal opened={isOpen} onClose={leave} title={t('add_sender')} centered size="lg">
      {create.data ? (
        <Stack>
          {create.data.warnings.map((warning) => (
            <Alert key={warning} color="yellow">
              {warning}
            </Alert>
          ))}
          <Text size="sm">{t('receipts_text')}</Text>
          <CodeBlock label={t('receipts')} text={`${create.data.receipts_url}\n${create.data.receipt_secret}`} />
          <Button onClick={leave}>{t('close')}</Button>
        </Stack>
      ) : (
        <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
          <Stack gap="sm">
            <TextInput label={t('name')} required maxLength={60} data-autofocus {...form.getInputProps('name')} />
            <SimpleGrid cols={{ base: 1, xs: 3 }}>
              <TextInput label={t('server')} required placeholder="smtp.example.com" {...form.getInputProps('host')} />
              <NumberInput label={t('port')} min={1} max={65535} {...form.getInputProps('port')} />
              <Select label={t('encryption')} data={securities.map((value) => ({ value, label: value.toUpperCase() }))} allowDeselect={false} {...form.getInputProps('security')} />
            </SimpleGrid>
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <TextInput label={t('user_name')} autoComplete="off" {...form.getInputProps('user')} />
              <PasswordInput label={t('password')} autoComplete="new-password" {...form.getInputProps('password')} />
              <TextInput label={t('from_address')} type="email" required placeholder="codes@example.com" {...form.getInputProps('from')} />
              <TextInput label={t('from_name')} {...form.getInputProps('from_name')} />
            </SimpleGrid>
            <Button type="submit" loading={create.isPending}>
              {t('add_sender')}
            </Button>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

function TestSender({ sender, close }: { sender: Sender; close: () => void }) {
  const t = useT();
  const { admin } = useSession();
  const [recipient, setRecipient] = useState(admin.email);
  const { projectId } = useProject();
  const test = useDeed({
    run: () => dataOf(api.POST('/v2/access/senders/{sender_id}/test', { params: { path: { sender_id: sender.sender_id } }, body: { recipient } })),
    stale: [['senders', projectId]],
  });
  return (
    <Modal opened onClose={close} title={t('test_sender', { name: sender.name })} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          test.mutate();
        }}
      >
        <Stack>
          <TextInput label={t('send_test_to')} type="email" required value={recipient} onChange={(event) => setRecipient(event.currentTarget.value)} data-autofocus />
          {test.data && <CodeBlock label={t('result')} text={JSON.stringify(test.data, null, 2)} />}
          <Button type="submit" loading={test.isPending}>
            {t('send_test')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
