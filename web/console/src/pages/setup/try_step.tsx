import { Alert, Anchor, Button, Group, PinInput, SimpleGrid, Stack, Tabs, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCheck, IconKey } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';

import { type Schemas, api, dataOf } from '../../api.ts';
import { Card, CodeBlock } from '../../parts/basics.tsx';
import { useDeed } from '../../parts/deeds.tsx';
import { useProject } from '../../project.tsx';
import { useSession } from '../../session.tsx';
import { useT, useTold } from '../../words.tsx';
import { InboxView, useInbox } from '../inbox.tsx';
import { NewKey } from '../keys.tsx';
import { RealLogin } from './real_login.tsx';
import { snippet, snippetLanguages } from './snippets.ts';
import { useSetup } from './setup.tsx';

type Done = Schemas['ValidatedOtp'];

/** The last step: a login for real, here or on the login page, and what the own server needs. */
export function TryStep() {
  const t = useT();
  const told = useTold();
  const { projectId } = useProject();
  const { isOwner } = useSession();
  const setup = useSetup();
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <Stack>
      {setup.data && !setup.data.ready && (
        <Alert color="yellow" title={t('setup_not_ready')}>
          {setup.data.steps.filter((step) => step.status === 'missing').map((step) => told(step.next ?? '')).join(' ')}
        </Alert>
      )}
      <TryLogin />
      <RealLogin />
      <Card
        title={t('your_server')}
        text={t('your_server_text')}
        actions={
          isOwner && (
            <Button variant="default" size="xs" leftSection={<IconKey size={14} />} onClick={open}>
              {t('new_key')}
            </Button>
          )
        }
      >
        <Tabs defaultValue="curl" keepMounted={false}>
          <Tabs.List mb="sm">
            {snippetLanguages.map((language) => (
              <Tabs.Tab key={language} value={language}>
                {language}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {snippetLanguages.map((language) => (
            <Tabs.Panel key={language} value={language}>
              <CodeBlock label={language} text={snippet(language, { url: location.origin, projectId })} />
            </Tabs.Panel>
          ))}
        </Tabs>
      </Card>
      <NewKey isOpen={isOpen} close={close} projectId={projectId} />
    </Stack>
  );
}

const testAddress = 'user@example.com';

/** A code to an address, its message beside it in a test project, and the code back: one whole login. */
function TryLogin() {
  const t = useT();
  const { projectId, isTest } = useProject();
  const { admin, mayChange } = useSession();
  const [email, setEmail] = useState(isTest ? testAddress : admin.email);
  const [otp, setOtp] = useState('');
  const send = useDeed({
    run: () => dataOf(api.POST('/v2/access/email/send-otp', { body: { project_id: projectId, email } })),
    stale: [['inbox', projectId]],
    then: () => setOtp(''),
  });
  const sent = send.data;
  const verify = useDeed({
    run: async (code: string) =>
      (await dataOf(api.POST('/v2/access/email/verify-otp', { body: { email, otp: code, validation_id: sent?.validation_id ?? '' } }))) as Done,
    stale: [['setup', projectId], ['validations', projectId], ['logins', projectId], ['stats', projectId]],
  });
  const inbox = useInbox(projectId, email, isTest && sent !== undefined && !verify.data);
  const message = inbox.data?.items.find((one) => one.validation_id === sent?.validation_id);
  if (!mayChange) return null;
  return (
    <Card title={t('try_title')} text={t(isTest ? 'try_text_test' : 'try_text_live')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          verify.reset();
          send.mutate();
        }}
      >
        <Group align="flex-end">
          <TextInput label={t('email')} type="email" required value={email} onChange={(event) => setEmail(event.currentTarget.value)} style={{ flex: '1 1 240px' }} />
          <Button type="submit" loading={send.isPending} variant={sent ? 'default' : 'filled'}>
            {t('send_code')}
          </Button>
        </Group>
      </form>
      {sent && !verify.data && (
        <SimpleGrid cols={{ base: 1, md: 2 }} mt="md">
          <Stack gap="sm">
            <Text size="sm">{t('try_enter', { destination: sent.destination })}</Text>
            <PinInput length={message?.otp?.length ?? 6} type="number" oneTimeCode aria-label={t('code')} getInputProps={(index) => ({ 'aria-label': t('code_digit', { number: index + 1 }) })} value={otp} onChange={setOtp} onComplete={(code) => verify.mutate(code)} disabled={verify.isPending} />
            <Anchor component={Link} to={`/${projectId}/validations/${sent.validation_id}`} size="sm">
              {t('try_timeline')}
            </Anchor>
          </Stack>
          {message && <InboxView message={message} />}
        </SimpleGrid>
      )}
      {verify.data && (
        <Alert mt="md" color="teal" icon={<IconCheck />} title={t('try_done')}>
          <Text size="sm" mb="sm">
            {t('try_done_text', { id: verify.data.user.user_id })}
          </Text>
          <CodeBlock label={t('result')} text={JSON.stringify({ ...verify.data, token: verify.data.token ? '…' : undefined }, null, 2)} />
        </Alert>
      )}
    </Card>
  );
}
