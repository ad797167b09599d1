import { Alert, Badge, Box, Button, Group, SegmentedControl, SimpleGrid, Stack, Text, TextInput, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';

import { type Schemas, answerOf, api, dataOf } from '../api.ts';
import { Card, PageHead, State } from '../parts/basics.tsx';
import { useAsk, useDeed } from '../parts/deeds.tsx';
import { MailFrame } from '../parts/mail_frame.tsx';
import { Problem, Waiting } from '../parts/notices.tsx';
import { SaveBar, useSettings } from '../parts/settings.tsx';
import { useProject } from '../project.tsx';
import { useSession } from '../session.tsx';
import { isWordKey, useT, useTold } from '../words.tsx';

type Template = Schemas['Template'];
type Language = Schemas['Language'];
const languages: Language[] = ['en', 'es', 'pt'];

/** The words of messages: the built-in ones, or the project's own. */
export function Templates() {
  const t = useT();
  const { projectId, project } = useProject();
  const [search, setSearch] = useSearchParams();
  const language = languages.find((one) => one === search.get('language')) ?? project.default_language;
  const path = { project_id: projectId, channel: 'email' as const, language };
  const key = ['template', projectId, language];
  const query = useQuery({
    queryKey: key,
    queryFn: () => answerOf(api.GET('/v2/access/projects/{project_id}/templates/{channel}/{language}', { params: { path } })),
  });
  return (
    <>
      <PageHead
        title={t('nav_templates')}
        text={t('templates_text')}
        actions={
          <SegmentedControl
            aria-label={t('language')}
            value={language}
            onChange={(value) => setSearch({ language: value }, { replace: true })}
            data={languages.map((value) => ({ value, label: value.toUpperCase() }))}
          />
        }
      />
      {query.isPending && <Waiting />}
      {query.isError && <Problem problem={query.error} retry={() => void query.refetch()} />}
      {query.data && <Editor key={language} template={query.data.data} etag={query.data.etag} stale={key} />}
    </>
  );
}

function Editor({ template, etag, stale }: { template: Template; etag: string | null; stale: string[] }) {
  const t = useT();
  const ask = useAsk();
  const queries = useQueryClient();
  const { projectId } = useProject();
  const { mayChange } = useSession();
  const path = { project_id: projectId, channel: 'email' as const, language: template.language };
  const settings = useSettings({ subject: template.subject, text: template.text, html: template.html }, async (body) => {
    await dataOf(
      api.PUT('/v2/access/projects/{project_id}/templates/{channel}/{language}', {
        params: { path, ...(etag ? { header: { 'If-Match': etag } } : {}) },
        body,
      }),
    );
    await queries.invalidateQueries({ queryKey: stale });
  });
  const reset = useDeed({
    run: () => dataOf(api.DELETE('/v2/access/projects/{project_id}/templates/{channel}/{language}', { params: { path } })),
    stale: [stale],
    done: t('template_reset_done'),
  });
  const { form } = settings;
  return (
    <Stack>
      {template.problem && (
        <Alert color="red" title={t('template_problem')}>
          {template.problem}
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void settings.submit();
          }}
        >
          <Card
            title={t('template_words')}
            actions={
              <Group gap="xs">
                <State value={template.origin} label={t(`origin_${template.origin}`)} />
                {template.origin === 'own' && mayChange && (
                  <Button size="compact-sm" variant="subtle" color="red" onClick={() => ask(t('template_reset'), t('template_reset_text'), t('template_reset'), () => reset.mutate())}>
                    {t('template_reset')}
                  </Button>
                )}
              </Group>
            }
          >
            <Stack gap="sm">
              <TextInput label={t('subject')} readOnly={!mayChange} {...form.getInputProps('subject')} />
              <Textarea label={t('shown_text')} autosize minRows={6} maxRows={14} readOnly={!mayChange} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }} {...form.getInputProps('text')} />
              <Textarea label="HTML" autosize minRows={8} maxRows={20} readOnly={!mayChange} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }} {...form.getInputProps('html')} />
            </Stack>
            <SaveBar settings={settings as never} mayChange={mayChange} />
          </Card>
        </form>
        <Preview draft={form.values} language={template.language} />
      </SimpleGrid>
      <Variables />
    </Stack>
  );
}

const typingPauseMs = 500;

function Preview({ draft, language }: { draft: Schemas['TemplateSource']; language: Language }) {
  const t = useT();
  const told = useTold();
  const { projectId } = useProject();
  const [settled] = useDebouncedValue(draft, typingPauseMs);
  const path = { project_id: projectId, channel: 'email' as const, language };
  const query = useQuery({
    queryKey: ['template-preview', projectId, language, settled],
    queryFn: () =>
      dataOf(
        api.POST('/v2/access/projects/{project_id}/templates/{channel}/{language}/preview', { params: { path }, body: { draft: settled } }),
      ),
    placeholderData: (before) => before,
  });
  return (
    <Card title={t('preview')} text={query.data?.subject}>
      {query.isError && <Problem problem={query.error} />}
      {query.data?.warnings.map((warning) => (
        <Alert key={warning.issue} color="yellow" mb="sm" title={warning.field}>
          {told(warning.issue)}
        </Alert>
      ))}
      {query.data && <MailFrame html={query.data.html} title={t('preview')} />}
      <SendTest draft={settled} language={language} />
    </Card>
  );
}

function SendTest({ draft, language }: { draft: Schemas['TemplateSource']; language: Language }) {
  const t = useT();
  const { projectId } = useProject();
  const { mayChange, admin } = useSession();
  const [recipient, setRecipient] = useState(admin.email);
  const send = useDeed({
    run: () =>
      dataOf(
        api.POST('/v2/access/projects/{project_id}/templates/{channel}/{language}/send-test', {
          params: { path: { project_id: projectId, channel: 'email' as const, language } },
          body: { recipient, draft },
        }),
      ),
  });
  if (!mayChange) return null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <Group mt="md" align="flex-end">
        <TextInput label={t('send_test_to')} type="email" required value={recipient} onChange={(event) => setRecipient(event.currentTarget.value)} style={{ flex: '1 1 200px' }} />
        <Button type="submit" variant="default" loading={send.isPending}>
          {t('send_test')}
        </Button>
      </Group>
      {send.data && (
        <Text size="sm" mt="xs" role="status">
          <State value={send.data.outcome} label={t(`outcome_${send.data.outcome}`)} /> {send.data.provider_answer ?? send.data.reason}
        </Text>
      )}
    </form>
  );
}

function Variables() {
  const t = useT();
  const { projectId } = useProject();
  const meaning = (variable: { name: string; meaning: string }) => {
    const key = `variable_${variable.name}`;
    return isWordKey(key) ? t(key) : variable.meaning;
  };
  const query = useQuery({
    queryKey: ['templates', projectId],
    queryFn: () => dataOf(api.GET('/v2/access/projects/{project_id}/templates', { params: { path: { project_id: projectId } } })),
  });
  return (
    <Card title={t('variables')} text={t('variables_text')}>
      <Stack component="dl" m={0} gap="sm">
        {query.data?.variables.map((variable) => (
          <Group key={variable.name} gap="xs" style={{ rowGap: 2 }}>
            <Box component="dt" w={190}>
              <Badge variant="default" ff="monospace" style={{ textTransform: 'none', width: 'max-content', maxWidth: 'none' }}>{`{{${variable.name}}}`}</Badge>
            </Box>
            <Text component="dd" size="sm" m={0} style={{ flex: '1 1 220px' }}>
              {meaning(variable)}
            </Text>
          </Group>
        ))}
      </Stack>
    </Card>
  );
}
