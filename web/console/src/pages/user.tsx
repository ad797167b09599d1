import { Button, Code, JsonInput, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { IconDownload, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from 'react-router';

import { type Schemas, answerOf, api, call, dataOf } from '../api.ts';
import { Card, Facts, Id, PageHead, State, When } from '../parts/basics.tsx';
import { useAsk, useDeed } from '../parts/deeds.tsx';
import { List } from '../parts/list.tsx';
import { Problem, Waiting } from '../parts/notices.tsx';
import { SaveBar, useSettings } from '../parts/settings.tsx';
import { useProject } from '../project.tsx';
import { useSession } from '../session.tsx';
import { useT } from '../words.tsx';
import { FacesAndConsents } from './user_faces.tsx';

type User = Schemas['User'];

/** One person: what is known, how they logged in, and erasing them. */
export function UserPage() {
  const { id = '' } = useParams();
  const { projectId } = useProject();
  const query = useQuery({
    queryKey: ['user', projectId, id],
    queryFn: () =>
      answerOf(
        api.GET('/v2/access/projects/{project_id}/users/{user_id}', {
          params: { path: { project_id: projectId, user_id: id } },
        }),
      ),
  });
  if (query.isPending) return <Waiting />;
  if (query.isError) return <Problem problem={query.error} retry={() => void query.refetch()} />;
  return <Person user={query.data.data} etag={query.data.etag} />;
}

function Person({ user, etag }: { user: User; etag: string | null }) {
  const t = useT();
  const { projectId } = useProject();
  const { mayChange } = useSession();
  const erase = useErase(user);
  const held = useDeed({
    run: () => call('GET', `/projects/${projectId}/users/${encodeURIComponent(user.user_id)}/export`),
    then: (everything) => save(user.user_id, everything),
  });
  return (
    <Stack>
      <PageHead
        title={user.name ?? user.email ?? user.phone ?? user.user_id}
        text={<Id value={user.user_id} />}
        actions={
          <>
            <Button variant="default" leftSection={<IconDownload size={16} />} loading={held.isPending} onClick={() => held.mutate()}>
              {t('download_held')}
            </Button>
            {mayChange && (
              <Button color="red" variant="light" leftSection={<IconTrash size={16} />} onClick={erase}>
                {t('erase_person')}
              </Button>
            )}
          </>
        }
      />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Card title={t('contacts')}>
          <Contacts user={user} etag={etag} />
        </Card>
        <Card title={t('details')}>
          <Facts
            facts={[
              [t('created'), <When key="created" at={user.created_at} />],
              [t('changed'), <When key="changed" at={user.updated_at} />],
              [t('claims'), <Code key="claims" block>{JSON.stringify(user.claims, null, 2)}</Code>],
            ]}
          />
        </Card>
      </SimpleGrid>
      <FacesAndConsents userId={user.user_id} />
      <Text fw={650}>{t('nav_logins')}</Text>
      <List<Schemas['Login']>
        queryKey={['logins', 'of', projectId, user.user_id]}
        fetch={(page) => dataOf(api.GET('/v2/access/logins', { params: { query: { ...page, project_id: projectId, user_id: user.user_id } } }))}
        itemKey={(login) => login.login_id}
        link={(login) => `/${projectId}/logins/${login.login_id}`}
        columns={[
          { name: t('when'), cell: (login) => <When at={login.created_at} /> },
          { name: t('methods'), cell: (login) => login.methods_done.map((method) => t(`method_${method}`)).join(', ') || '–' },
          { name: t('state'), cell: (login) => <State value={login.status} label={t(`state_${login.status}`)} /> },
        ]}
        empty={{ title: t('logins_empty') }}
      />
    </Stack>
  );
}

function Contacts({ user, etag }: { user: User; etag: string | null }) {
  const t = useT();
  const queries = useQueryClient();
  const { projectId } = useProject();
  const { mayChange } = useSession();
  const settings = useSettings(
    { email: user.email ?? '', phone: user.phone ?? '', name: user.name ?? '', claims: JSON.stringify(user.claims, null, 2) },
    async ({ email, phone, name, claims }) => {
      await dataOf(
        api.PATCH('/v2/access/projects/{project_id}/users/{user_id}', {
          params: { path: { project_id: projectId, user_id: user.user_id }, ...(etag ? { header: { 'If-Match': etag } } : {}) },
          body: { email: email || null, phone: phone || null, name: name || null, claims: JSON.parse(claims || '{}') as Record<string, never> },
        }),
      );
      await queries.invalidateQueries({ queryKey: ['user', projectId, user.user_id] });
    },
  );
  const { form } = settings;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void settings.submit();
      }}
    >
      <Stack gap="sm">
        <TextInput label={t('name')} readOnly={!mayChange} {...form.getInputProps('name')} />
        <TextInput label={t('email')} type="email" readOnly={!mayChange} {...form.getInputProps('email')} />
        <TextInput label={t('phone')} readOnly={!mayChange} {...form.getInputProps('phone')} />
        <JsonInput label={t('claims')} description={t('claims_hint')} autosize minRows={2} readOnly={!mayChange} validationError={t('not_json')} {...form.getInputProps('claims')} />
      </Stack>
      <SaveBar settings={settings as never} mayChange={mayChange} />
    </form>
  );
}

function useErase(user: User) {
  const t = useT();
  const ask = useAsk();
  const navigate = useNavigate();
  const { projectId } = useProject();
  const erase = useDeed({
    run: () =>
      dataOf(
        api.DELETE('/v2/access/projects/{project_id}/users/{user_id}', {
          params: { path: { project_id: projectId, user_id: user.user_id } },
        }),
      ),
    stale: [['users', projectId]],
    done: t('person_erased'),
    then: () => void navigate(`/${projectId}/users`),
  });
  return () => ask(t('erase_person'), t('erase_person_text', { name: user.name ?? user.email ?? user.user_id }), t('erase_person'), () => erase.mutate());
}

/** Everything that is held about the person, as a file of their own. */
function save(userId: string, held: unknown) {
  const url = URL.createObjectURL(new Blob([JSON.stringify(held, null, 2)], { type: 'application/json' }));
  Object.assign(document.createElement('a'), { href: url, download: `${userId}.json` }).click();
  URL.revokeObjectURL(url);
}
