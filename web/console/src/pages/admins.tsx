import { Alert, Button, Group, Modal, MultiSelect, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconUsersGroup } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { type Schemas, api, dataOf } from '../api.ts';
import { CodeBlock, PageHead, State, When } from '../parts/basics.tsx';
import { useAsk, useDeed } from '../parts/deeds.tsx';
import { List } from '../parts/list.tsx';
import { useSession } from '../session.tsx';
import { useT } from '../words.tsx';

type Admin = Schemas['Admin'];
type Role = Schemas['Role'];

export function Admins() {
  const t = useT();
  const ask = useAsk();
  const { isOwner, admin: self } = useSession();
  const [isOpen, { open, close }] = useDisclosure(false);
  const remove = useDeed({
    run: (admin: Admin) => dataOf(api.DELETE('/v2/access/admins/{admin_id}', { params: { path: { admin_id: admin.admin_id } } })),
    stale: [['admins']],
    done: t('admin_removed'),
  });
  const invite = isOwner && (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      {t('invite_admin')}
    </Button>
  );
  return (
    <>
      <PageHead title={t('nav_admins')} text={t('admins_text')} actions={invite} />
      <List<Admin>
        queryKey={['admins']}
        fetch={(query) => dataOf(api.GET('/v2/access/admins', { params: { query } }))}
        itemKey={(admin) => admin.admin_id}
        columns={[
          { name: t('name'), cell: (admin) => admin.name ?? '–' },
          { name: t('email'), cell: (admin) => admin.email },
          { name: t('role'), cell: (admin) => <State value={admin.role} label={t(`role_${admin.role}`)} /> },
          { name: t('nav_projects'), cell: (admin) => (admin.projects === '*' ? t('all_projects') : admin.projects.length) },
          { name: t('created'), cell: (admin) => <When at={admin.created_at} /> },
          {
            name: '',
            cell: (admin) =>
              isOwner &&
              admin.admin_id !== self.admin_id && (
                <Button size="xs" variant="subtle" color="red" onClick={() => ask(t('remove_admin'), t('remove_admin_text', { email: admin.email }), t('remove_admin'), () => remove.mutate(admin))}>
                  {t('remove')}
                </Button>
              ),
          },
        ]}
        empty={{ title: t('admins_empty'), icon: <IconUsersGroup size={28} /> }}
      />
      <Invite isOpen={isOpen} close={close} />
    </>
  );
}

const roles: Role[] = ['owner', 'editor', 'viewer'];

function Invite({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const t = useT();
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('editor');
  const [chosen, setChosen] = useState<string[]>([]);
  const projects = useQuery({
    queryKey: ['projects', 'switch'],
    queryFn: () => dataOf(api.GET('/v2/access/projects', { params: { query: { limit: 50 } } })),
  });
  const invite = useDeed({
    run: () =>
      dataOf(
        api.POST('/v2/access/admins', {
          body: { email, role, name: name || null, ...(role === 'owner' ? {} : { projects: chosen.length ? chosen : '*' }) },
        }),
      ),
    stale: [['admins']],
  });
  const leave = () => {
    invite.reset();
    setEmail('');
    setName('');
    close();
  };
  return (
    <Modal closeButtonProps={{ 'aria-label': t('close') }} opened={isOpen} onClose={leave} title={t('invite_admin')} centered size="lg" closeOnClickOutside={!invite.data}>
      {invite.data ? (
        <Stack>
          <Alert color="yellow" title={t('invited_title')}>
            {t('invited_text', { email: invite.data.email })}
          </Alert>
          <CodeBlock label={t('invite_admin')} text={invite.data.link.url} />
          <Group>
            <Text size="sm" c="dimmed">
              {t('expires')} <When at={invite.data.link.expires_at} />
            </Text>
          </Group>
          <Button onClick={leave}>{t('close')}</Button>
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            invite.mutate();
          }}
        >
          <Stack>
            <TextInput label={t('email')} type="email" required value={email} onChange={(event) => setEmail(event.currentTarget.value)} data-autofocus />
            <TextInput label={t('name')} maxLength={60} value={name} onChange={(event) => setName(event.currentTarget.value)} />
            <SegmentedControl value={role} onChange={(value) => setRole(value as Role)} data={roles.map((value) => ({ value, label: t(`role_${value}`) }))} aria-label={t('role')} />
            <Text size="sm" c="dimmed">
              {t(`role_${role}_text`)}
            </Text>
            {role !== 'owner' && (
              <MultiSelect
                label={t('nav_projects')}
                placeholder={chosen.length ? '' : t('all_projects')}
                value={chosen}
                onChange={setChosen}
                data={(projects.data?.items ?? []).map((one) => ({ value: one.project_id, label: one.name }))}
              />
            )}
            <Button type="submit" loading={invite.isPending}>
              {t('invite_admin')}
            </Button>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
