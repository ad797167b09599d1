import { Alert, Button, Checkbox, Code, FileInput, Group, Progress, SegmentedControl, Select, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import { IconFileImport, IconUpload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';

import { api, call, dataOf, type Schemas } from '../api.ts';
import { Card, PageHead, State } from '../parts/basics.tsx';
import { useDeed } from '../parts/deeds.tsx';
import { Empty, Problem, Waiting } from '../parts/notices.tsx';
import { useProject } from '../project.tsx';
import { useSession } from '../session.tsx';
import { useFormats, useT, useTold } from '../words.tsx';

type Import = Schemas['Import'];

/** People from a CSV file: first a look at what would happen, then for good. */
export function Imports() {
  const t = useT();
  const { projectId } = useProject();
  const { mayChange } = useSession();
  const [search, setSearch] = useSearchParams();
  const sources = useQuery({
    queryKey: ['sources', projectId],
    queryFn: () => dataOf(api.GET('/v2/access/projects/{project_id}/sources', { params: { path: { project_id: projectId }, query: { limit: 200 } } })),
  });
  const directories = (sources.data?.items ?? []).filter((source) => source.kind === 'directory');
  const importId = search.get('import');
  return (
    <Stack>
      <PageHead title={t('nav_imports')} text={t('imports_text')} />
      {sources.isPending && <Waiting />}
      {sources.isError && <Problem problem={sources.error} />}
      {sources.isSuccess && directories.length === 0 && (
        <Card>
          <Empty title={t('no_directory')} icon={<IconFileImport size={28} />}>
            {t('no_directory_text')}
          </Empty>
        </Card>
      )}
      {mayChange && directories.length > 0 && (
        <Upload sources={directories.map((source) => ({ value: source.source_id, label: source.name }))} started={(id) => setSearch({ import: id })} />
      )}
      {importId && <Report id={importId} />}
    </Stack>
  );
}

function Upload({ sources, started }: { sources: { value: string; label: string }[]; started: (importId: string) => void }) {
  const t = useT();
  const [file, setFile] = useState<File | null>(null);
  const [source, setSource] = useState<string | null>(sources[0]?.value ?? null);
  const [mode, setMode] = useState('add');
  const [isDry, setDry] = useState(true);
  const start = useDeed({
    run: async () =>
      call<Import>('POST', `/sources/${source}/import`, {
        query: { mode, dry_run: String(isDry) },
        body: new Blob([await (file as File).arrayBuffer()], { type: 'text/csv' }),
      }),
    then: (made) => started(made.import_id),
  });
  return (
    <Card title={t('csv_file')} text={<Code>name,email,country_code,phone,user_id</Code>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate();
        }}
      >
        <Stack>
          <FileInput label={t('csv_file')} placeholder={t('choose_file')} accept="text/csv,.csv" required value={file} onChange={setFile} />
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <Select label={t('step_source')} allowDeselect={false} data={sources} value={source} onChange={setSource} />
            <Stack gap={4}>
              <Text size="sm" fw={500}>
                {t('import_mode')}
              </Text>
              <SegmentedControl aria-label={t('import_mode')} value={mode} onChange={setMode} data={[{ value: 'add', label: t('import_add') }, { value: 'replace', label: t('import_replace') }]} />
            </Stack>
          </SimpleGrid>
          {mode === 'replace' && <Alert color="yellow">{t('import_replace_text')}</Alert>}
          <Checkbox label={t('dry_run')} description={t('dry_run_hint')} checked={isDry} onChange={(event) => setDry(event.currentTarget.checked)} />
          <Button type="submit" w="fit-content" leftSection={<IconUpload size={16} />} loading={start.isPending} disabled={!file || !source}>
            {t(isDry ? 'import_check' : 'import_now')}
          </Button>
        </Stack>
      </form>
    </Card>
  );
}

function Report({ id }: { id: string }) {
  const t = useT();
  const told = useTold();
  const formats = useFormats();
  const query = useQuery({
    queryKey: ['import', id],
    queryFn: () => call<Import>('GET', `/imports/${id}`),
    refetchInterval: ({ state }) => (state.data?.status === 'running' ? 1_000 : false),
  });
  if (query.isPending) return <Waiting />;
  if (query.isError) return <Problem problem={query.error} retry={() => void query.refetch()} />;
  const made = query.data;
  const part = made.bytes > 0 ? (100 * made.bytes_read) / made.bytes : 0;
  return (
    <Card
      title={t(made.dry_run ? 'import_checked' : 'import_report')}
      actions={<State value={made.status === 'done' ? 'finished' : made.status} label={t(`import_${made.status}`)} />}
    >
      <Stack role="status">
        {made.status === 'running' && <Progress value={part} aria-label={t('import_running')} animated />}
        {made.problem && <Alert color="red">{made.problem}</Alert>}
        <Group gap="xl">
          {(['rows', 'added', 'changed', 'removed', 'refused'] as const).map((name) => (
            <div key={name}>
              <Text size="xs" c="dimmed">
                {t(`import_${name}`)}
              </Text>
              <Text fw={700} fz="lg">
                {formats.number(made[name])}
              </Text>
            </div>
          ))}
        </Group>
        {made.refused_rows.length > 0 && (
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('line')}</Table.Th>
                <Table.Th>{t('reason')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {made.refused_rows.map((row) => (
                <Table.Tr key={row.line}>
                  <Table.Td>{row.line}</Table.Td>
                  <Table.Td>{told(row.reason)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Stack>
    </Card>
  );
}
