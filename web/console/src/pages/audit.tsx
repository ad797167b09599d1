import { Badge, Group } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';

import { type Schemas, api, dataOf, filled } from '../api.ts';
import { PageHead, When } from '../parts/basics.tsx';
import { List } from '../parts/list.tsx';
import { useT } from '../words.tsx';

type Entry = Schemas['AuditEntry'];

export function Audit() {
  const t = useT();
  return (
    <>
      <PageHead title={t('nav_audit')} text={t('audit_text')} />
      <List<Entry>
        queryKey={['audit']}
        fetch={(page, filters) => dataOf(api.GET('/v2/access/audit', { params: { query: { ...page, ...filled(filters) } } }))}
        filters={[
          { name: 'actor', label: t('actor') },
          { name: 'action', label: t('action') },
          { name: 'target_id', label: t('target') },
          { name: 'project_id', label: t('project_id') },
        ]}
        itemKey={(entry) => entry.audit_id}
        columns={[
          { name: t('when'), cell: (entry) => <When at={entry.at} /> },
          { name: t('actor'), cell: (entry) => `${t(`actor_${entry.actor_kind}`)} ${entry.actor}` },
          { name: t('action'), cell: (entry) => <Badge variant="default" style={{ textTransform: 'none', width: 'max-content', maxWidth: 'none' }}>{entry.action}</Badge> },
          { name: t('target'), cell: (entry) => entry.target_id ?? entry.target_kind },
          { name: t('fields'), cell: (entry) => <Group gap={4}>{entry.fields.join(', ') || '–'}</Group> },
          { name: t('client_address'), cell: (entry) => entry.client ?? '–' },
        ]}
        empty={{ title: t('audit_empty'), icon: <IconHistory size={28} /> }}
      />
    </>
  );
}
