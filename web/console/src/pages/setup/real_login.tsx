import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { IconCheck, IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';

import { api, dataOf } from '../../api.ts';
import { Card, Copy } from '../../parts/basics.tsx';
import { useDeed } from '../../parts/deeds.tsx';
import { Problem } from '../../parts/notices.tsx';
import { useProject } from '../../project.tsx';
import { useSession } from '../../session.tsx';
import { useT } from '../../words.tsx';
import { useFlow } from './flow.ts';

/** Where a login that was begun here is remembered: what comes back must answer it. */
const stateKey = 'accessd.real-login';

function newState() {
  const state = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  sessionStorage.setItem(stateKey, state);
  return state;
}

/**
 * The project's login page, as people come to it: it leads back here, where the code that comes along is exchanged, as
 * the customer's own server will do. The page goes nowhere that isn't on the flow's list, so this page is put there.
 */
export function RealLogin() {
  const t = useT();
  const { project, projectId } = useProject();
  const { mayChange } = useSession();
  const { flow, refresh } = useFlow();
  const here = `${location.origin}/console/${projectId}/setup/try`;
  const page = `${location.origin}/login/${project.slug}`;
  const open = useDeed({
    run: async () => {
      if (flow && !flow.redirect_urls.includes(here)) {
        const body = { redirect_urls: [...flow.redirect_urls, here] };
        await dataOf(api.PATCH('/v2/access/flows/{flow_id}', { params: { path: { flow_id: flow.flow_id } }, body }));
        await refresh();
      }
    },
    then: () => location.assign(`${page}?${new URLSearchParams({ redirect_url: here, state: newState(), ...(flow ? { flow_id: flow.flow_id } : {}) }).toString()}`),
  });
  const theirs = flow?.redirect_urls.find((url) => url !== here);
  const link = `${page}?${new URLSearchParams({ redirect_url: theirs ?? here }).toString()}`;
  return (
    <Card title={t('login_page')} text={t('login_page_text')}>
      <Stack gap="sm">
        <CameBack here={here} />
        <Group>
          {mayChange && (
            <Button onClick={() => open.mutate()} loading={open.isPending} disabled={!flow} rightSection={<IconExternalLink size={16} />}>
              {t('open_login_page')}
            </Button>
          )}
        </Group>
        <Group gap={4} wrap="nowrap">
          <Anchor href={link} target="_blank" rel="noopener" size="sm" style={{ overflowWrap: 'anywhere' }}>
            {link}
          </Anchor>
          <Copy text={link} />
        </Group>
      </Stack>
    </Card>
  );
}

/** What the login page sent along, used at once and taken out of the address. */
function CameBack({ here }: { here: string }) {
  const t = useT();
  const [search, setSearch] = useSearchParams();
  const [code] = useState(() => search.get('code'));
  const [isOurs] = useState(() => search.get('state') !== null && search.get('state') === sessionStorage.getItem(stateKey));
  useEffect(() => {
    if (!search.has('code')) return;
    sessionStorage.removeItem(stateKey);
    setSearch({}, { replace: true });
  }, []);
  const exchanged = useQuery({
    queryKey: ['real-login', code],
    queryFn: () => dataOf(api.POST('/v2/access/tokens/exchange', { body: { code: code ?? '', redirect_url: here } })),
    enabled: code !== null && isOurs,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY, // It is good once.
  });
  if (code !== null && !isOurs) return <Alert color="yellow">{t('login_not_begun_here')}</Alert>;
  if (exchanged.isError) return <Problem problem={exchanged.error} />;
  if (!exchanged.data) return null;
  return (
    <Alert color="teal" icon={<IconCheck />} title={t('real_login_done')} role="status">
      <Text size="sm">{t('try_done_text', { id: exchanged.data.user.user_id })}</Text>
    </Alert>
  );
}
