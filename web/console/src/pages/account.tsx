import { Alert, Box, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { encode } from 'uqr';

import { type Schemas, api, dataOf } from '../api.ts';
import { Card, CodeBlock, Copy, Facts, PageHead, State } from '../parts/basics.tsx';
import { useAsk, useDeed } from '../parts/deeds.tsx';
import { Problem } from '../parts/notices.tsx';
import { sessionKey, useSession } from '../session.tsx';
import { useT } from '../words.tsx';

type Started = Schemas['StartedFactor'];

/** How the person who is signed in signs in: an authenticator app beside the mail, and codes for the day it is lost. */
export function Account() {
  const t = useT();
  const { admin, second_factor: factor } = useSession();
  const [codes, setCodes] = useState<string[] | null>(null);
  useEffect(() => {
    document.title = `${t('account_title')} · accessd`;
  }, [t]);
  return (
    <>
      <PageHead title={t('account_title')} text={t('account_text')} />
      <Stack maw={720}>
        <Card title={t('account')}>
          <Facts
            facts={[
              [t('email'), admin.email],
              [t('role'), t(`role_${admin.role}`)],
            ]}
          />
        </Card>
        {codes ? <Codes codes={codes} done={() => setCodes(null)} /> : factor.is_on ? <AppIsOn show={setCodes} /> : <AddApp show={setCodes} />}
      </Stack>
    </>
  );
}

/** Says anew what the session knows about factors. */
function useFactorsChanged() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: sessionKey });
}

function AddApp({ show }: { show: (codes: string[]) => void }) {
  const t = useT();
  const start = useDeed({ run: () => dataOf(api.POST('/v2/access/console/factor', {})) });
  return (
    <Card title={t('authenticator')} text={t('authenticator_text')}>
      {start.data ? (
        <ConfirmApp started={start.data} show={show} />
      ) : (
        <Button onClick={() => start.mutate()} loading={start.isPending} leftSection={<IconShieldCheck size={16} />}>
          {t('authenticator_add')}
        </Button>
      )}
    </Card>
  );
}

function ConfirmApp({ started, show }: { started: Started; show: (codes: string[]) => void }) {
  const t = useT();
  const changed = useFactorsChanged();
  const [otp, setOtp] = useState('');
  const confirm = useMutation({
    mutationFn: () => dataOf(api.POST('/v2/access/console/factor/confirm', { body: { otp } })),
    onSuccess: (made) => {
      show(made.recovery_codes);
      void changed();
    },
    onError: () => setOtp(''),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate();
      }}
    >
      <Group align="flex-start" gap="lg">
        <QrCode text={started.address} label={t('authenticator_picture')} />
        <Stack style={{ flex: '1 1 240px', minWidth: 0 }}>
          <Text size="sm">{t('authenticator_scan')}</Text>
          <Group gap={4} wrap="nowrap">
            <Text ff="monospace" size="sm" style={{ overflowWrap: 'anywhere' }}>
              {started.secret.match(/.{1,4}/g)?.join(' ')}
            </Text>
            <Copy text={started.secret} />
          </Group>
          {confirm.isError && <Problem problem={confirm.error} />}
          <TextInput label={t('factor_code')} inputMode="numeric" autoComplete="one-time-code" maxLength={6} required value={otp} onChange={(event) => setOtp(event.currentTarget.value)} />
          <Group>
            <Button type="submit" loading={confirm.isPending}>
              {t('confirm')}
            </Button>
          </Group>
        </Stack>
      </Group>
    </form>
  );
}

/** Black on white whatever the theme: cameras want it that way. */
function QrCode({ text, label }: { text: string; label: string }) {
  const rows = useMemo(() => encode(text, { border: 2 }).data, [text]);
  const path = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return (
    <Box style={{ background: '#fff', borderRadius: 8, lineHeight: 0, padding: 4 }}>
      <svg width={200} height={200} viewBox={`0 0 ${rows.length} ${rows.length}`} role="img" aria-label={label} shapeRendering="crispEdges">
        <path d={path} fill="#000" />
      </svg>
    </Box>
  );
}

function Codes({ codes, done }: { codes: string[]; done: () => void }) {
  const t = useT();
  return (
    <Card title={t('recovery_codes')}>
      <Stack>
        <Alert color="yellow">{t('recovery_codes_text')}</Alert>
        <CodeBlock label={t('recovery_codes')} text={codes.join('\n')} />
        <Group>
          <Button onClick={done}>{t('recovery_codes_kept')}</Button>
        </Group>
      </Stack>
    </Card>
  );
}

function AppIsOn({ show }: { show: (codes: string[]) => void }) {
  const t = useT();
  const ask = useAsk();
  const { second_factor: factor } = useSession();
  const changed = useFactorsChanged();
  const renew = useDeed({
    run: () => dataOf(api.POST('/v2/access/console/factor/recovery-codes', {})),
    then: (made) => {
      show(made.recovery_codes);
      void changed();
    },
  });
  const remove = useDeed({ run: () => dataOf(api.DELETE('/v2/access/console/factor', {})), done: t('authenticator_removed'), then: () => void changed() });
  return (
    <Card title={t('authenticator')} text={t('authenticator_text')} actions={<State value="active" label={t('authenticator_on')} />}>
      <Stack>
        <Text size="sm" {...(factor.recovery_codes_left < 3 ? { c: 'red' } : {})}>
          {t('recovery_codes_left', { count: factor.recovery_codes_left })}
        </Text>
        <Group>
          <Button variant="default" loading={renew.isPending} onClick={() => ask(t('recovery_codes_new'), t('recovery_codes_new_text'), t('recovery_codes_new'), () => renew.mutate())}>
            {t('recovery_codes_new')}
          </Button>
          <Button variant="light" color="red" loading={remove.isPending} onClick={() => ask(t('authenticator_remove'), t('authenticator_remove_text'), t('authenticator_remove'), () => remove.mutate())}>
            {t('authenticator_remove')}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}
