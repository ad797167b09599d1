import { Button } from '@mantine/core';
import { IconLockOpen } from '@tabler/icons-react';

import { type Schemas, api, dataOf } from '../api.ts';
import { PageHead, When } from '../parts/basics.tsx';
import { useDeed } from '../parts/deeds.tsx';
import { List } from '../parts/list.tsx';
import { useProject } from '../project.tsx';
import { useSession } from '../session.tsx';
import { useT } from '../words.tsx';

type Lock = Schemas['Lock'];

export function Locks() {
  const t = useT();
  const { projectId } = useProject();
  const { mayChange } = useSession();
  const clear = useDeed({
    run: (lock: Lock) => dataOf(api.DELETE('/v2/access/locks/{lock_id}', { params: { path: { lock_id: lock.lock_id } } })),
    stale: [['locks', projectId]],
    done: t('lock_cleared'),
  });
  return (
    <>
      <PageHead title={t('nav_locks')} text={t('locks_text')} />
      <List<Lock>
        queryKey={['locks', projectId]}
        fetch={(query) => dataOf(api.GET('/v2/access/projects/{project_id}/locks', { params: { path: { project_id: projectId }, query } }))}
        itemKey={(lock) => lock.lock_id}
        columns={[
          { name: t('since'), cell: (lock) => <When at={lock.locked_at} /> },
          { name: t('recipient'), cell: (lock) => lock.destination },
          { name: t('method'), cell: (lock) => t(`method_${lock.method}`) },
          { name: t('failures'), cell: (lock) => lock.failures },
          { name: t('person'), cell: (lock) => lock.user_id ?? '–' },
          {
            name: '',
            cell: (lock) =>
              mayChange && (
                <Button size="xs" variant="default" leftSection={<IconLockOpen size={14} />} loading={clear.isPending && clear.variables === lock} onClick={() => clear.mutate(lock)}>
                  {t('unlock')}
                </Button>
              ),
          },
        ]}
        empty={{ title: t('locks_empty'), children: t('locks_empty_text'), icon: <IconLockOpen size={28} /> }}
      />
    </>
  );
}
