import { Alert, Button, Checkbox, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { type Schemas, api, dataOf } from '../api.ts';
import { CodeBlock, PageHead, State, When } from '../parts/basics.tsx';
import { useAsk, useDeed } from '../parts/deeds.tsx';
import { List } from '../parts/list.tsx';
import { useSession } from '../session.tsx';
import { useT } from '../words.tsx';

type Key = Schemas['Key'];
const scopes = ['access', 'manage', 'read'] as const;

export function Keys() {
  const t = useT();
  const ask = useAsk();
  const { isOwner } = useSession();
  const [isOpen, { open, close }] = useDisclosure(false);
  const revoke = useDeed({
    run: (key: Key) => dataOf(api.DELETE('/v2/access/keys/{key_id}', { params: { path: { key_id: key.key_id } } })),
    stale: [['keys']],
    done: t('key_revoked'),
  });
  const create = isOwner && (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      {t('new_key')}
    </Button>
  );
  return (
    <>
      <PageHead title={t('nav_keys')} text={t('keys_text')} actions={create} />
      <List<Key>
        queryKey={['keys']}
        fetch={(query) => dataOf(api.GET('/v2/access/keys', { params: { query } }))}
        itemKey={(key) => key.key_id}
        columns={[
          { name: t('name'), cell: (key) => key.name },
          { name: t('scope'), cell: (key) => key.scope },
          { name: t('project'), cell: (key) => key.project_id ?? t('all_projects') },
          { name: t('last_used'), cell: (key) => <When at={key.last_used_at} /> },
          { name: t('state'), cell: (key) => <State value={key.revoked_at ? 'revoked' : 'active'} label={t(key.revoked_at ? 'state_revoked' : 'state_active')} /> },
          {
            name: '',
            cell: (key) =>
              isOwner &&
              !key.revoked_at && (
                <Button
                  size="xs"
                  variant="subtle"
                  color="red"
                  onClick={() => ask(t('revoke_key'), t('revoke_key_text', { name: key.name }), t('revoke_key'), () => revoke.mutate(key))}
                >
                  {t('revoke')}
                </Button>
              ),
          },
        ]}
        empty={{ title: t('keys_empty'), children: t('keys_empty_text'), icon: <IconKey size={28} />, action: create }}
      />
      <NewKey isOpen={isOpen} close={close} />
    </>
  );
}

/** Makes a key and shows its secret, this once. */
export function NewKey({ isOpen, close, projectId = null }: { isOpen: boolean; close: () => void; projectId?: string | null }) {
  const t = useT();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<string[]>(['access']);
  const [project, setProject] = useState<string | null>(projectId);
  const projects = useQuery({
    queryKey: ['projects', 'switch'],
    queryFn: () => dataOf(api.GET('/v2/access/projects', { params: { query: { limit: 50 } } })),
  });
  const create = useDeed({
    run: () => dataOf(api.POST('/v2/access/keys', { body: { name, scope: chosen.join(' '), project_id: project } })),
    stale: [['keys']],
  });
  const leave = () => {
    create.reset();
    setName('');
    close();
  };
  return (
    <Modal closeButtonProps={{ 'aria-label': t('close') }} opened={isOpen} onClose={leave} title={t('new_key')} centered size="lg" closeOnClickOutside={!create.data}>
      {create.data ? (
        <Stack>
          <Alert color="yellow" title={t('key_once')}>
            {t('key_once_text')}
          </Alert>
          <CodeBlock label={t('new_key')} text={`ACCESSD_CLIENT_ID=${create.data.client_id}\nACCESSD_CLIENT_SECRET=${create.data.client_secret}`} />
          <Button onClick={leave}>{t('key_kept')}</Button>
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            create.mutate();
          }}
        >
          <Stack>
            <TextInput label={t('name')} description={t('key_name_hint')} required maxLength={60} value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
            <Checkbox.Group label={t('scope')} value={chosen} onChange={setChosen}>
              <Stack gap="xs" mt="xs">
                {scopes.map((scope) => (
                  <Checkbox key={scope} value={scope} label={scope} description={t(`scope_${scope}`)} />
                ))}
              </Stack>
            </Checkbox.Group>
            <Select
              label={t('project')}
              clearable
              placeholder={t('all_projects')}
              value={project}
              onChange={setProject}
              data={(projects.data?.items ?? []).map((one) => ({ value: one.project_id, label: one.name }))}
            />
            <Button type="submit" loading={create.isPending} disabled={chosen.length === 0}>
              {t('create')}
            </Button>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
