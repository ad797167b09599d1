import { IconMessage2 } from '@tabler/icons-react';

import { type Schemas, api, dataOf, filled } from '../api.ts';
import { PageHead, State, When } from '../parts/basics.tsx';
import { List } from '../parts/list.tsx';
import { useProject } from '../project.tsx';
import { useT } from '../words.tsx';

type Message = Schemas['Message'];
export const messageStates = ['queued', 'sent', 'delivered', 'failed', 'expired', 'superseded'] as const;

export function Messages() {
  const t = useT();
  const { projectId } = useProject();
  return (
    <>
      <PageHead title={t('nav_messages')} text={t('messages_text')} />
      <List<Message>
        queryKey={['messages', projectId]}
        fetch={(page, filters) =>
          dataOf(
            api.GET('/v2/access/projects/{project_id}/messages', {
              params: { path: { project_id: projectId }, query: { ...page, ...(filled(filters) as { status?: Message['status'] }) } },
            }),
          )
        }
        filters={[
          { name: 'recipient', label: t('recipient') },
          { name: 'status', label: t('state'), options: messageStates.map((value) => ({ value, label: t(`message_${value}`) })) },
        ]}
        itemKey={(one) => one.message_id}
        link={(one) => `/${projectId}/messages/${one.message_id}`}
        columns={[
          { name: t('when'), cell: (one) => <When at={one.created_at} /> },
          { name: t('recipient'), cell: (one) => one.destination },
          { name: t('kind'), cell: (one) => t(one.kind === 'unlock' ? 'kind_unlock' : 'kind_code') },
          { name: t('channel'), cell: (one) => t(`channel_${one.channel}`) },
          { name: t('tries'), cell: (one) => one.attempts_made },
          { name: t('state'), cell: (one) => <State value={one.status} label={t(`message_${one.status}`)} /> },
        ]}
        empty={{ title: t('messages_empty'), children: t('messages_empty_text'), icon: <IconMessage2 size={28} /> }}
        refetchMs={10_000}
      />
    </>
  );
}
