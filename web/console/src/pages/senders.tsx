import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconSend } from '@tabler/icons-react';
import { useState } from 'react';

import { call, type Page, type Schemas } from '../api.ts';
import { CodeBlock, PageHead, State } from '../parts/basics.tsx';
import { useAsk, useDeed } from '../parts/deeds.tsx';
import { List } from '../parts/list.tsx';
import { useProject } from '../project.tsx';
import { useSession } from '../session.tsx';
import { useT } from '../words.tsx';
import { NewSender } from './new_sender.tsx';
import { type Channel, type Sender, placeOf, senderKinds } from './sender_kinds.ts';

export function Senders() {
  const t = useT();
  const ask = useAsk();
  const { projectId } = useProject();
  const { mayChange } = useSession();
  const [isOpen, { open, close }] = useDisclosure(false);
  const [tested, setTested] = useState<Sender | null>(null);
  const remove = useDeed({
    run: (sender: Sender) => call('DELETE', `/senders/${sender.sender_id}`),
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
        fetch={(query) => call<Page<Sender>>('GET', `/projects/${projectId}/senders`, { query: { ...query } })}
        itemKey={(sender) => sender.sender_id}
        columns={[
          { name: t('name'), cell: (sender) => sender.name },
          { name: t('kind'), cell: (sender) => `${senderKinds[sender.kind]?.label ?? sender.kind} · ${t(`channel_${sender.channel as Channel}`)}` },
          { name: t('account'), cell: (sender) => placeOf(sender) },
          { name: t('priority'), cell: (sender) => [sender.priority, ...(sender.prefixes ?? [])].join(' · ') },
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

type Tested = Schemas['SenderTestResult'];

function TestSender({ sender, close }: { sender: Sender; close: () => void }) {
  const t = useT();
  const { admin } = useSession();
  const { projectId } = useProject();
  const isMail = sender.channel === 'email';
  const [recipient, setRecipient] = useState(isMail ? admin.email : '');
  const test = useDeed({
    run: () => call<Tested>('POST', `/senders/${sender.sender_id}/test`, { body: { recipient } }),
    stale: [['senders', projectId]],
  });
  return (
    <Modal closeButtonProps={{ 'aria-label': t('close') }} opened onClose={close} title={t('test_sender', { name: sender.name })} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          test.mutate();
        }}
      >
        <Stack>
          <TextInput label={t('send_test_to')} type={isMail ? 'email' : 'tel'} required value={recipient} onChange={(event) => setRecipient(event.currentTarget.value)} data-autofocus />
          {test.data && (
            <Alert color={test.data.accepted ? 'teal' : 'red'} title={t(`outcome_${test.data.outcome}`)}>
              {test.data.reason}
              {test.data.provider_answer && <CodeBlock label={t('answer')} text={test.data.provider_answer} />}
            </Alert>
          )}
          <Button type="submit" loading={test.isPending}>
            {t('send_test')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
