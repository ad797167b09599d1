import { Alert, Button, Group, Radio, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { api, dataOf } from '../../api.ts';
import { Card } from '../../parts/basics.tsx';
import { Empty, Problem, Waiting } from '../../parts/notices.tsx';
import { SaveBar, useSettings } from '../../parts/settings.tsx';
import { useProject } from '../../project.tsx';
import { useSession } from '../../session.tsx';
import { useT } from '../../words.tsx';
import { ConnectionFields } from './connection_fields.tsx';
import { type Flow, useFlow } from './flow.ts';
import { NextStep } from './setup.tsx';
import { SourceTestCard } from './source_test.tsx';
import { type Source, type SourceKind, settingsOf, sourceKinds, valuesOf } from './source_types.ts';

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
  const items = sources.data?.items ?? [];
  const used = items.find((source) => source.source_id === flow.source_id);
  return (
    <Stack>
      <Choose flow={flow} sources={items} used={used} refresh={refresh} />
      <SourceTestCard source={used} />
    </Stack>
  );
}

interface ChooseProps {
  flow: Flow;
  sources: Source[];
  used: Source | undefined;
  refresh: () => Promise<unknown>;
}

/** Which kind of source the flow asks. */
function Choose({ flow, sources, used, refresh }: ChooseProps) {
  const t = useT();
  const { mayChange } = useSession();
  const [kind, setKind] = useState<SourceKind | undefined>(used?.kind);
  return (
    <Stack>
      {used?.health?.status === 'down' && (
        <Alert color="red" title={t('source_down')}>
          {used.health.last_error}
        </Alert>
      )}
      <Card title={t('source_title')}>
        <Radio.Group aria-label={t('source_title')} value={kind ?? ''} onChange={(value) => setKind(value as SourceKind)}>
          <Stack gap="sm">
            {sourceKinds.map((one) => (
              <Radio.Card key={one} value={one} p="md" disabled={!mayChange}>
                <Group wrap="nowrap" align="flex-start">
                  <Radio.Indicator />
                  <div>
                    <Text fw={600}>{t(`source_${one}`)}</Text>
                    <Text size="sm" c="dimmed">
                      {t(`source_${one}_text`)}
                    </Text>
                  </div>
                </Group>
              </Radio.Card>
            ))}
          </Stack>
        </Radio.Group>
      </Card>
      {kind && <SourceForm key={kind} kind={kind} flow={flow} used={used} source={sources.find((one) => one.kind === kind)} refresh={refresh} />}
    </Stack>
  );
}

interface FormProps {
  kind: SourceKind;
  flow: Flow;
  used: Source | undefined;
  source: Source | undefined;
  refresh: () => Promise<unknown>;
}

/** Saves the source of a kind, made when it is wanted first, and lets the flow ask it. */
function SourceForm({ kind, flow, used, source, refresh }: FormProps) {
  const t = useT();
  const queries = useQueryClient();
  const { projectId } = useProject();
  const { mayChange } = useSession();
  const isConnection = kind !== 'open' && kind !== 'directory';
  const save = async (values: ReturnType<typeof valuesOf>) => {
    const body = { name: isConnection ? values.name : t(`source_${kind}`), kind, ...(isConnection ? { settings: settingsOf(kind, values) } : {}) };
    const saved = source
      ? isConnection
        ? await dataOf(api.PATCH('/v2/access/sources/{source_id}', { params: { path: { source_id: source.source_id } }, body }))
        : source
      : await dataOf(api.POST('/v2/access/projects/{project_id}/sources', { params: { path: { project_id: projectId } }, body }));
    await dataOf(api.PATCH('/v2/access/flows/{flow_id}', { params: { path: { flow_id: flow.flow_id } }, body: { source_id: saved.source_id } }));
    await Promise.all([queries.invalidateQueries({ queryKey: ['sources', projectId] }), refresh()]);
  };
  const settings = useSettings(valuesOf(kind, source), save);
  const isChosen = used?.kind === kind;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void settings.submit();
      }}
    >
      {isConnection && (
        <Card title={t(`source_${kind}`)} text={t('connection_text')}>
          <ConnectionFields kind={kind} form={settings.form} hasPassword={source?.settings?.has_password ?? false} mayChange={mayChange} />
        </Card>
      )}
      {!isChosen && mayChange && !settings.isDirty ? (
        <Group justify="flex-end" mt="md">
          <Button type="submit" loading={settings.isSaving}>
            {t('use_source')}
          </Button>
        </Group>
      ) : (
        <SaveBar settings={settings as never} mayChange={mayChange} next={<NextStep after="source" />} />
      )}
    </form>
  );
}
