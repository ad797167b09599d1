import { Alert, Button, Modal, NumberInput, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';

import { api, dataOf } from '../api.ts';
import { Card, Facts, Id, PageHead, State, When } from '../parts/basics.tsx';
import { useAsk, useDeed } from '../parts/deeds.tsx';
import { SaveBar, useSettings } from '../parts/settings.tsx';
import { projectKey, useProject } from '../project.tsx';
import { useSession } from '../session.tsx';
import { useT } from '../words.tsx';
import { TestRecipients } from './test_recipients.tsx';

/** What isn't part of set-up: how long things are kept, going live, the end of a project. */
export function ProjectSettings() {
  const t = useT();
  const { project, isTest } = useProject();
  const { mayChange } = useSession();
  return (
    <Stack>
      <PageHead title={t('nav_settings')} />
      <Card title={t('details')}>
        <Facts
          facts={[
            [t('project_id'), <Id key="id" value={project.project_id} />],
            [t('mode'), <State key="mode" value={project.mode} label={t(`mode_${project.mode}`)} />],
            [t('created'), <When key="created" at={project.created_at} />],
            [t('changed'), <When key="changed" at={project.updated_at} />],
          ]}
        />
      </Card>
      <Retention />
      {isTest && <TestRecipients />}
      {isTest && mayChange && <GoLive />}
      {mayChange && <Delete />}
    </Stack>
  );
}

const kept = ['validations_days', 'messages_days', 'client_addresses_days', 'events_days', 'audit_days', 'unused_faces_days', 'inbox_days'] as const;

function Retention() {
  const t = useT();
  const queries = useQueryClient();
  const { project, projectId, etag } = useProject();
  const { mayChange } = useSession();
  const settings = useSettings({ ...project.retention }, async (retention) => {
    await dataOf(
      api.PATCH('/v2/access/projects/{project_id}', {
        params: { path: { project_id: projectId }, ...(etag ? { header: { 'If-Match': etag } } : {}) },
        body: { retention },
      }),
    );
    await queries.invalidateQueries({ queryKey: projectKey(projectId) });
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void settings.submit();
      }}
    >
      <Card title={t('retention')} text={t('retention_text')}>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
          {kept.map((name) => (
            <NumberInput key={name} label={t(name)} suffix={` ${t('days')}`} min={1} max={3650} readOnly={!mayChange} {...settings.form.getInputProps(name)} />
          ))}
        </SimpleGrid>
        <SaveBar settings={settings as never} mayChange={mayChange} />
      </Card>
    </form>
  );
}

function GoLive() {
  const t = useT();
  const ask = useAsk();
  const { projectId, project } = useProject();
  const go = useDeed({
    run: () => dataOf(api.PATCH('/v2/access/projects/{project_id}', { params: { path: { project_id: projectId } }, body: { mode: 'live' } })),
    stale: [projectKey(projectId), ['projects'], ['setup', projectId]],
    done: t('went_live'),
  });
  return (
    <Card title={t('go_live')} text={t('go_live_text')}>
      <Button loading={go.isPending} onClick={() => ask(t('go_live'), t('go_live_ask', { name: project.name }), t('go_live'), () => go.mutate())}>
        {t('go_live')}
      </Button>
    </Card>
  );
}

/** The name has to be typed: this ends the logins of everybody in the project. */
function Delete() {
  const t = useT();
  const navigate = useNavigate();
  const { project, projectId } = useProject();
  const [isOpen, { open, close }] = useDisclosure(false);
  const [typed, setTyped] = useState('');
  const remove = useDeed({
    run: () => dataOf(api.DELETE('/v2/access/projects/{project_id}', { params: { path: { project_id: projectId } } })),
    stale: [['projects']],
    done: t('project_deleted'),
    then: () => void navigate('/projects'),
  });
  return (
    <Card title={t('delete_project')} text={t('delete_project_text')}>
      <Button color="red" variant="light" onClick={open}>
        {t('delete_project')}
      </Button>
      <Modal closeButtonProps={{ 'aria-label': t('close') }} opened={isOpen} onClose={close} title={t('delete_project')} centered>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            remove.mutate();
          }}
        >
          <Stack>
            <Alert color="red">{t('delete_project_text')}</Alert>
            <Text size="sm">{t('type_name', { name: project.name })}</Text>
            <TextInput aria-label={t('name')} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} data-autofocus />
            <Button type="submit" color="red.9" disabled={typed !== project.name} loading={remove.isPending}>
              {t('delete_project')}
            </Button>
          </Stack>
        </form>
      </Modal>
    </Card>
  );
}
