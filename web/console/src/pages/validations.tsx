import { IconShieldCheck } from '@tabler/icons-react';

import { type Schemas, api, dataOf, filled } from '../api.ts';
import { PageHead, State, When } from '../parts/basics.tsx';
import { List } from '../parts/list.tsx';
import { useProject } from '../project.tsx';
import { useT } from '../words.tsx';

type Validation = Schemas['Validation'];
export const validationStates = ['pending', 'validated', 'failed', 'expired', 'canceled'] as const;

export function Validations() {
  const t = useT();
  const { projectId } = useProject();
  return (
    <>
      <PageHead title={t('nav_validations')} text={t('validations_text')} />
      <List<Validation>
        queryKey={['validations', projectId]}
        fetch={(page, filters) =>
          dataOf(
            api.GET('/v2/access/validations', {
              params: { query: { ...page, project_id: projectId, ...(filled(filters) as { status?: Validation['status'] }) } },
            }),
          )
        }
        filters={[
          { name: 'email', label: t('email') },
          { name: 'user_id', label: t('user_id') },
          { name: 'status', label: t('state'), options: validationStates.map((value) => ({ value, label: t(`state_${value}`) })) },
        ]}
        itemKey={(one) => one.validation_id}
        link={(one) => `/${projectId}/validations/${one.validation_id}`}
        columns={[
          { name: t('when'), cell: (one) => <When at={one.created_at} /> },
          { name: t('recipient'), cell: (one) => one.destination },
          { name: t('channel'), cell: (one) => t(`channel_${one.channel}`) },
          { name: t('person'), cell: (one) => one.user_id ?? '–' },
          { name: t('state'), cell: (one) => <State value={one.status} label={t(`state_${one.status}`)} /> },
        ]}
        empty={{ title: t('validations_empty'), children: t('validations_empty_text'), icon: <IconShieldCheck size={28} /> }}
        refetchMs={10_000}
      />
    </>
  );
}
