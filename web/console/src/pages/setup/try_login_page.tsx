import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { IconCheck, IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';

import { api, dataOf } from '../../api.ts';
import { Card, CodeBlock, Copy } from '../../parts/basics.tsx';
import { useDeed } from '../../parts/deeds.tsx';
import { Problem } from '../../parts/notices.tsx';
import { useProject } from '../../project.tsx';
import { useSession } from '../../session.tsx';
import { useT } from '../../words.tsx';
import { useFlow } from './flow.ts';

/** Where a login that was begun here is remembered: what comes back must answer it. */
const stateKey = 'accessd.tried-login';

function newState() {
  const state = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  sessionStorage.setItem(stateKey, state);
  return state;
}

/** The code in this page's address, taken out of it at once: it is good for one exchange, by whoever began the login. */
function useReturnedCode() {
  const [search, setSearch] = useSearchParams();
  const [returned] = useState(() => {
    const code = search.get('code');
    if (code === null) return null;
    const expected = sessionStorage.getItem(stateKey);
    return { code, isOurs: expected !== null && search.get('state') === expected };
  });
  useEffect(() => {
    if (returned === null) return;
    sessionStorage.removeItem(stateKey);
    setSearch({}, { replace: true });
    // Once: what came with this page's address.
  }, []);
  return returned;
}

/** The hosted login page, opened as a customer's site opens it, and what comes back from it. */
export function TryLoginPage() {
  const t = useT();
  const { project, projectId } = useProject();
  const { mayChange } = useSession();
  const { flow, etag, refresh } = useFlow();
  const returned = useReturnedCode();
  const here = `${location.origin}/console/${projectId}/setup/try`;
  const page = `${location.origin}/login/${project.slug}`;
  const urls = flow?.redirect_urls ?? [];
  const open = (target: string) => {
    location.assign(`${page}?${new URLSearchParams({ redirect_url: target, state: newState() })}`);
  };
  const allow = useDeed({
    run: () =>
      dataOf(
        api.PATCH('/v2/access/flows/{flow_id}', {
          params: { path: { flow_id: flow?.flow_id ?? '' }, ...(etag ? { header: { 'If-Match': etag } } : {}) },
          body: { redirect_urls: [...urls, here] },
        }),
      ),
    then: async () => {
      await refresh();
      open(here);
    },
  });
  const isAllowed = urls.includes(here);
  return (
    <Card title={t('login_page')} text={t('login_page_text')}>
      <Stack gap="sm">
        {returned && <Returned {...returned} redirectUrl={here} />}
        <Group>
          {isAllowed ? (
            <Button leftSection={<IconExternalLink size={16} />} onClick={() => open(here)}>
              {t('open_login_page')}
            </Button>
          ) : (
            mayChange && (
              <Button leftSection={<IconExternalLink size={16} />} loading={allow.isPending} disabled={!flow} onClick={() => allow.mutate()}>
                {t('allow_and_open_login_page')}
              </Button>
            )
          )}
          <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
            {page}
          </Text>
          <Copy text={page} />
        </Group>
        <Text size="sm" c="dimmed">
          {t(isAllowed ? 'login_page_comes_back' : 'login_page_way_back', { url: here })}
        </Text>
        {urls
          .filter((url) => url !== here)
          .map((url) => (
            <Anchor key={url} size="sm" href={`${page}?${new URLSearchParams({ redirect_url: url })}`} target="_blank" rel="noopener" style={{ overflowWrap: 'anywhere' }}>
              {t('open_login_page_for', { url })}
            </Anchor>
          ))}
      </Stack>
    </Card>
  );
}

/** Does what the customer's server does with the code that a browser brings. */
function Returned({ code, isOurs, redirectUrl }: { code: string; isOurs: boolean; redirectUrl: string }) {
  const t = useT();
  const exchange = useQuery({
    queryKey: ['tried-login', code],
    queryFn: () => dataOf(api.POST('/v2/access/tokens/exchange', { body: { code, redirect_url: redirectUrl } })),
    enabled: isOurs,
    retry: false,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  if (!isOurs) return <Alert color="yellow">{t('login_not_begun_here')}</Alert>;
  if (exchange.isError) return <Problem problem={exchange.error} />;
  if (!exchange.data) return null;
  return (
    <Alert color="teal" icon={<IconCheck />} title={t('try_done')}>
      <Text size="sm" mb="sm">
        {t('login_page_done', { id: exchange.data.user.user_id })}
      </Text>
      <CodeBlock label={t('result')} text={JSON.stringify({ ...exchange.data, token: '…' }, null, 2)} />
    </Alert>
  );
}
