import { Anchor, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';

import { type Schemas, api, dataOf } from '../api.ts';
import { Card, Facts, Id, PageHead, State, When } from '../parts/basics.tsx';
import { List } from '../parts/list.tsx';
import { Problem, Waiting } from '../parts/notices.tsx';
import { useProject } from '../project.tsx';
import { useT } from '../words.tsx';

/** One login: what it asked for, and the validations that made it. */
export function LoginPage() {
  const t = useT();
  const { id = '' } = useParams();
  const { projectId } = useProject();
  const query = useQuery({
    queryKey: ['login', id],
    queryFn: async () =>
      (await dataOf(api.GET('/v2/access/logins/{login_id}', { params: { path: { login_id: id } } }))) as Schemas['Login'],
  });
  if (query.isPending) return <Waiting />;
  if (query.isError) return <Problem problem={query.error} retry={() => void query.refetch()} />;
  const login = query.data;
  const methods = (names: Schemas['MethodName'][]) => names.map((name) => t(`method_${name}`)).join(', ') || '–';
  return (
    <Stack>
      <PageHead title={t('login')} text={<State value={login.status} label={t(`state_${login.status}`)} />} />
      <Card>
        <Facts
          facts={[
            [t('login_id'), <Id key="id" value={login.login_id} />],
            [t('person'), login.user_id ? <Anchor key="user" component={Link} to={`/${projectId}/users/${encodeURIComponent(login.user_id)}`}>{login.user_id}</Anchor> : t('nobody_yet')],
            [t('methods'), methods(login.methods_done)],
            [t('methods_remaining'), methods(login.remaining_methods)],
            [t('opened_by'), login.opened_by],
            [t('created'), <When key="created" at={login.created_at} />],
            [t('expires'), <When key="expires" at={login.expires_at} />],
            [t('completed'), <When key="completed" at={login.completed_at} />],
          ]}
        />
      </Card>
      <List<Schemas['Validation']>
        queryKey={['validations', 'of', id]}
        fetch={(page) => dataOf(api.GET('/v2/access/validations', { params: { query: { ...page, project_id: projectId, login_id: id } } }))}
        itemKey={(one) => one.validation_id}
        link={(one) => `/${projectId}/validations/${one.validation_id}`}
        columns={[
          { name: t('when'), cell: (one) => <When at={one.created_at} /> },
          { name: t('recipient'), cell: (one) => one.destination },
          { name: t('channel'), cell: (one) => t(`channel_${one.channel}`) },
          { name: t('state'), cell: (one) => <State value={one.status} label={t(`state_${one.status}`)} /> },
        ]}
        empty={{ title: t('validations_empty') }}
      />
    </Stack>
  );
}
