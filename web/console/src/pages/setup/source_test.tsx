import { Alert, Button, Group, SegmentedControl, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';

import { api, dataOf } from '../../api.ts';
import { Card, CodeBlock, State } from '../../parts/basics.tsx';
import { useDeed } from '../../parts/deeds.tsx';
import { useProject } from '../../project.tsx';
import { useT } from '../../words.tsx';
import type { Source, SourceTest } from './source_types.ts';

/** What is shown of a look-up: of our own people it is the person themselves. */
type Looked = Pick<SourceTest, 'status' | 'problem' | 'took_ms'> & { user: object | null; rows: object[] };

/** What somebody is looked up by, and the field that a keyboard of a phone knows for it. */
const contacts = { email: 'email', phone: 'tel', user_id: 'text' } as const;
type Contact = keyof typeof contacts;

/** Asks the source the way a login does, and shows what came back beside what it is read as. */
export function SourceTestCard({ source }: { source: Source | undefined }) {
  const t = useT();
  const { projectId } = useProject();
  const [contact, setContact] = useState<Contact>('email');
  const [text, setText] = useState('');
  const isConnection = source !== undefined && source.kind !== 'open' && source.kind !== 'directory';
  const look = useDeed({
    run: (): Promise<Looked> =>
      isConnection
        ? dataOf(api.POST('/v2/access/sources/{source_id}/test', { params: { path: { source_id: source.source_id } }, body: { [contact]: text } }))
        : inDirectory(projectId, { [contact]: text }),
  });
  const found = look.data;
  return (
    <Card title={t('source_test')} text={t('source_test_text')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          look.mutate();
        }}
      >
        <Group align="flex-end">
          <SegmentedControl
            aria-label={t('look_up_by')}
            value={contact}
            onChange={(value) => {
              setContact(value as Contact);
              setText('');
              look.reset();
            }}
            data={(Object.keys(contacts) as Contact[]).map((value) => ({ value, label: t(`look_up_by_${value}`) }))}
          />
          <TextInput
            label={t(contact)}
            type={contacts[contact]}
            placeholder={contact === 'phone' ? '+34600000001' : undefined}
            required
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            style={{ flex: '1 1 220px' }}
          />
          <Button type="submit" variant="default" leftSection={<IconSearch size={16} />} loading={look.isPending}>
            {t('look_up')}
          </Button>
        </Group>
      </form>
      {found && (
        <Stack mt="md" gap="sm" role="status">
          <Group gap="xs">
            <State value={found.status === 'known' ? 'ok' : 'failed'} label={t(`lookup_${found.status}`)} />
            <Text size="sm" c="dimmed">
              {found.took_ms} ms
            </Text>
          </Group>
          {found.problem && <Alert color="red">{found.problem}</Alert>}
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            <Stack gap={4}>
              <Text size="sm" fw={600}>
                {t('source_received')}
              </Text>
              <CodeBlock label={t('source_received')} text={found.rows.length > 0 ? JSON.stringify(found.rows, null, 2) : '–'} />
            </Stack>
            <Stack gap={4}>
              <Text size="sm" fw={600}>
                {t('source_read_as')}
              </Text>
              <CodeBlock label={t('source_read_as')} text={found.user ? JSON.stringify(found.user, null, 2) : '–'} />
            </Stack>
          </SimpleGrid>
        </Stack>
      )}
    </Card>
  );
}

/** People of our own need no connection: the directory answers. */
async function inDirectory(projectId: string, contact: Partial<Record<Contact, string>>): Promise<Looked> {
  const began = performance.now();
  const { items } = await dataOf(
    api.GET('/v2/access/projects/{project_id}/users', { params: { path: { project_id: projectId }, query: { limit: 1, ...contact } } }),
  );
  const [user] = items;
  return { status: user ? 'known' : 'unknown', problem: null, user: user ?? null, rows: user ? [{ ...user }] : [], took_ms: Math.round(performance.now() - began) };
}
