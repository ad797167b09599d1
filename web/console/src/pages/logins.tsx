import { IconLogin2 } from '@tabler/icons-react';

import { type Schemas, api, dataOf, filled } from '../api.ts';
import { Id, PageHead, State, When } from '../parts/basics.tsx';
import { List } from '../parts/list.tsx';
import { useProject } from '../project.tsx';
import { useT } from '../words.tsx';

type Login = Schemas['Login'];

export function Logins() {
  const t = useT();
  const { projectId } = useProject();
  const states = (['pending', 'complete', 'failed', 'expired'] as const).map((value) => ({ value, label: t(`state_${value}`) }));
  return (
    <>
      <PageHead title={t('nav_logins')} text={t('logins_text')} />
      <List<Login>
        queryKey={['logins', projectId]}
        fetch={(page, filters) =>
          dataOf(
            api.GET('/v2/access/logins', {
              params: { query: { ...page, project_id: projectId, ...(filled(filters) as { status?: Login['status'] }) } },
            }),
          )
        }
        filters={[
          { name: 'user_id', label: t('user_id') },
          { name: 'status', label: t('state'), options: states },
        ]}
        itemKey={(login) => login.login_id}
        link={(login) => `/${projectId}/logins/${login.login_id}`}
        columns={[
          { name: t('when'), cell: (login) => <When at={login.created_at} /> },
          { name: t('person'), cell: (login) => login.user_id ?? t('nobody_yet') },
          { name: t('methods'), cell: (login) => login.methods_done.map((method) => t(`method_${method}`)).join(', ') || '–' },
          { name: t('state'), cell: (login) => <State value={login.status} label={t(`state_${login.status}`)} /> },
          { name: t('login_id'), cell: (login) => <Id value={login.login_id} /> },
        ]}
        empty={{ title: t('logins_empty'), children: t('logins_empty_text'), icon: <IconLogin2 size={28} /> }}
        refetchMs={10_000}
      />
    </>
  );
}
