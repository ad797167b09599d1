import { Button, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconAddressBook, IconDownload, IconPlus } from '@tabler/icons-react';
import type { MouseEvent } from 'react';

import { ApiError, type Schemas, api, dataOf, filled } from '../api.ts';
import { hasFreshFactor } from '../fresh_factor.ts';
import { PageHead, When } from '../parts/basics.tsx';
import { useDeed } from '../parts/deeds.tsx';
import { List } from '../parts/list.tsx';
import { useProject } from '../project.tsx';
import { useSession } from '../session.tsx';
import { useIssues, useT } from '../words.tsx';

type User = Schemas['User'];

export function Users() {
  const t = useT();
  const { projectId } = useProject();
  const { mayChange } = useSession();
  const [isOpen, { open, close }] = useDisclosure(false);
  const { second_factor: factor } = useSession();
  const exportUrl = `/v2/access/projects/${projectId}/users/export`;
  // The browser saves the file by itself, so the factor is asked for before it begins.
  const exportWithFactor = async (event: MouseEvent<HTMLAnchorElement>) => {
    const link = event.currentTarget;
    if (!event.isTrusted) return;
    event.preventDefault();
    if (await hasFreshFactor(factor.fresh_until)) link.click();
  };
  const add = mayChange && (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      {t('add_person')}
    </Button>
  );
  return (
    <>
      <PageHead
        title={t('nav_users')}
        text={t('users_text')}
        actions={
          <>
            <Button variant="default" component="a" href={exportUrl} download="people.csv" onClick={exportWithFactor} leftSection={<IconDownload size={16} />}>
              CSV
            </Button>
            {add}
          </>
        }
      />
      <List<User>
        queryKey={['users', projectId]}
        fetch={(page, filters) =>
          dataOf(
            api.GET('/v2/access/projects/{project_id}/users', {
              params: { path: { project_id: projectId }, query: { ...page, ...filled(filters) } },
            }),
          )
        }
        filters={[
          { name: 'email', label: t('email') },
          { name: 'phone', label: t('phone') },
          { name: 'user_id', label: t('user_id') },
        ]}
        itemKey={(user) => user.user_id}
        link={(user) => `/${projectId}/users/${encodeURIComponent(user.user_id)}`}
        columns={[
          { name: t('name'), cell: (user) => user.name ?? '–' },
          { name: t('email'), cell: (user) => user.email ?? '–' },
          { name: t('phone'), cell: (user) => user.phone ?? '–' },
          { name: t('user_id'), cell: (user) => user.user_id },
          { name: t('created'), cell: (user) => <When at={user.created_at} /> },
        ]}
        empty={{ title: t('users_empty'), children: t('users_empty_text'), icon: <IconAddressBook size={28} />, action: add }}
      />
      <NewUser isOpen={isOpen} close={close} />
    </>
  );
}

function NewUser({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const t = useT();
  const issuesOf = useIssues();
  const { projectId } = useProject();
  const form = useForm({ initialValues: { email: '', phone: '', name: '', user_id: '' } });
  const create = useDeed({
    run: (values: typeof form.values) =>
      dataOf(
        api.POST('/v2/access/projects/{project_id}/users', {
          params: { path: { project_id: projectId } },
          body: filled(values),
        }),
      ).catch((problem: unknown) => {
        if (problem instanceof ApiError) form.setErrors(issuesOf(problem));
        throw problem;
      }),
    stale: [['users', projectId]],
    done: t('person_added'),
    then: () => {
      form.reset();
      close();
    },
  });
  return (
    <Modal closeButtonProps={{ 'aria-label': t('close') }} opened={isOpen} onClose={close} title={t('add_person')} centered>
      <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
        <Stack>
          <TextInput label={t('email')} type="email" data-autofocus {...form.getInputProps('email')} />
          <TextInput label={t('phone')} placeholder="+34600000000" {...form.getInputProps('phone')} />
          <TextInput label={t('name')} {...form.getInputProps('name')} />
          <TextInput label={t('user_id')} description={t('user_id_hint')} {...form.getInputProps('user_id')} />
          <Button type="submit" loading={create.isPending}>
            {t('add_person')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
