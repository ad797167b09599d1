import { Button, Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { type Schemas, api, dataOf, filled } from '../../api.ts';
import { Card, CodeBlock } from '../../parts/basics.tsx';
import { useDeed } from '../../parts/deeds.tsx';
import { Empty, Problem, Waiting } from '../../parts/notices.tsx';
import { SaveBar, useSettings } from '../../parts/settings.tsx';
import { useProject } from '../../project.tsx';
import { useSession } from '../../session.tsx';
import { useT } from '../../words.tsx';
import { type Flow, useFlow } from './flow.ts';
import { NextStep } from './setup.tsx';

type Source = Schemas['Source'];
const kinds = ['open', 'directory'] as const;

/** Step 4: where people are looked up, and whether that finds who it should. */
export function SourceStep() {
  const t = useT();
  const { projectId } = useProject();
  const { flow, isPending, error, refresh } = useFlow();
  const sources = useQuery({
    queryKey: ['sources', projectId],
    queryFn: () => dataOf(api.GET('/v2/access/projects/{project_id}/sources', { params: { path: { project_id: projectId }, query: { limit: 200 } } })),
  });
  if (isPending || sources.isPending) return <Waiting />;
  if (error ?? sources.error) return <Problem problem={error ?? sources.error} />;
  if (!flow) return <Empty title={t('flows_empty')}>{t('flows_empty_text')}</Empty>;
  return (
    <Stack>
      <Choose flow={flow} sources={sources.data?.items ?? []} refresh={refresh} />
      <Test />
    </Stack>
  );
}

/** Which kind of source the flow asks; the source of that kind is made when it is wanted first. */
function Choose({ flow, sources, refresh }: { flow: Flow; sources: Source[]; refresh: () => Promise<unknown> }) {
  const t = useT();
  const { projectId } = useProject();
  const { mayChange } = useSession();
  const used = sources.find((source) => source.source_id === flow.source_id);
  const settings = useSettings({ kind: used?.kind ?? '' }, async ({ kind }) => {
    const there = sources.find((source) => source.kind === kind);
    const source =
      there ??
      (await dataOf(
        api.POST('/v2/access/projects/{project_id}/sources', {
          params: { path: { project_id: projectId } },
          body: { name: t(`source_${kind as Source['kind']}`), kind: kind as Source['kind'] },
        }),
      ));
    await dataOf(api.PATCH('/v2/access/flows/{flow_id}', { params: { path: { flow_id: flow.flow_id } }, body: { source_id: source.source_id } }));
    await refresh();
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void settings.submit();
      }}
    >
      <Card title={t('source_title')}>
        <Radio.Group aria-label={t('source_title')} {...settings.form.getInputProps('kind')}>
          <Stack>
            {kinds.map((kind) => (
              <Radio.Card key={kind} value={kind} p="md" disabled={!mayChange}>
                <Group wrap="nowrap" align="flex-start">
                  <Radio.Indicator />
                  <div>
                    <Text fw={600}>{t(`source_${kind}`)}</Text>
                    <Text size="sm" c="dimmed">
                      {t(`source_${kind}_text`)}
                    </Text>
                  </div>
                </Group>
              </Radio.Card>
            ))}
          </Stack>
        </Radio.Group>
      </Card>
      <SaveBar settings={settings as never} mayChange={mayChange} next={<NextStep after="source" />} />
    </form>
  );
}

/** Asks the directory the way a login does, and shows what was asked beside what came back. */
function Test() {
  const t = useT();
  const { projectId } = useProject();
  const [email, setEmail] = useState('');
  const look = useDeed({
    run: () =>
      dataOf(
        api.GET('/v2/access/projects/{project_id}/users', { params: { path: { project_id: projectId }, query: { limit: 1, ...filled({ email }) } } }),
      ),
  });
  const found = look.data?.items[0];
  return (
    <Card title={t('source_test')} text={t('source_test_text')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          look.mutate();
        }}
      >
        <Group align="flex-end">
          <TextInput label={t('email')} type="email" required value={email} onChange={(event) => setEmail(event.currentTarget.value)} style={{ flex: '1 1 220px' }} />
          <Button type="submit" variant="default" leftSection={<IconSearch size={16} />} loading={look.isPending}>
            {t('look_up')}
          </Button>
        </Group>
      </form>
      {look.data && (
        <Stack mt="md" gap="xs" role="status">
          <Text size="sm" fw={600}>
            {found ? t('source_found') : t('source_not_found')}
          </Text>
          {found && <CodeBlock label={t('result')} text={JSON.stringify(found, null, 2)} />}
        </Stack>
      )}
    </Card>
  );
}
