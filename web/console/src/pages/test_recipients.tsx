import { ActionIcon, Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';

import { type Schemas, answerOf, api, dataOf } from '../api.ts';
import { Card } from '../parts/basics.tsx';
import { Problem, Waiting } from '../parts/notices.tsx';
import { SaveBar, useSettings } from '../parts/settings.tsx';
import { useProject } from '../project.tsx';
import { useSession } from '../session.tsx';
import { useT } from '../words.tsx';

type Recipient = Schemas['TestRecipients']['recipients'][number];
const outcomes = ['delivered', 'undelivered', 'slow', 'provider_down'] as const;

/** Addresses of a test project whose codes are fixed, or whose messages fare badly on purpose. */
export function TestRecipients() {
  const { projectId } = useProject();
  const query = useQuery({
    queryKey: ['test-recipients', projectId],
    queryFn: () => answerOf(api.GET('/v2/access/projects/{project_id}/test-recipients', { params: { path: { project_id: projectId } } })),
  });
  if (query.isPending) return <Waiting />;
  if (query.isError) return <Problem problem={query.error} retry={() => void query.refetch()} />;
  return <Form recipients={query.data.data.recipients} etag={query.data.etag} />;
}

function Form({ recipients, etag }: { recipients: Recipient[]; etag: string | null }) {
  const t = useT();
  const queries = useQueryClient();
  const { projectId } = useProject();
  const { mayChange } = useSession();
  const saved = { recipients: recipients.map((one) => ({ ...one, code: one.code ?? '' })) };
  const settings = useSettings(saved, async (values) => {
    await dataOf(
      api.PUT('/v2/access/projects/{project_id}/test-recipients', {
        params: { path: { project_id: projectId }, ...(etag ? { header: { 'If-Match': etag } } : {}) },
        body: { recipients: values.recipients.map((one) => ({ ...one, code: one.code || null })) },
      }),
    );
    await queries.invalidateQueries({ queryKey: ['test-recipients', projectId] });
  });
  const { form } = settings;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void settings.submit();
      }}
    >
      <Card title={t('test_recipients')} text={t('test_recipients_text')}>
        <Stack gap="sm">
          {form.values.recipients.map((_, index) => (
            <Group key={index} align="flex-end" wrap="wrap">
              <TextInput label={t('recipient')} required {...form.getInputProps(`recipients.${index}.destination`)} style={{ flex: '2 1 200px' }} />
              <TextInput label={t('fixed_code')} placeholder="123456" {...form.getInputProps(`recipients.${index}.code`)} style={{ flex: '1 1 100px' }} />
              <Select label={t('outcome')} allowDeselect={false} data={outcomes.map((value) => ({ value, label: t(`plays_${value}`) }))} {...form.getInputProps(`recipients.${index}.outcome`)} style={{ flex: '1 1 150px' }} />
              {mayChange && (
                <ActionIcon variant="subtle" color="red" size="lg" aria-label={t('remove')} onClick={() => form.removeListItem('recipients', index)}>
                  <IconTrash size={16} />
                </ActionIcon>
              )}
            </Group>
          ))}
          {mayChange && (
            <Button variant="default" size="xs" w="fit-content" leftSection={<IconPlus size={14} />} onClick={() => form.insertListItem('recipients', { destination: '', code: '', outcome: 'delivered' })}>
              {t('add_recipient')}
            </Button>
          )}
        </Stack>
        <SaveBar settings={settings as never} mayChange={mayChange} />
      </Card>
    </form>
  );
}
