import { Anchor, Button, Modal, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBuilding, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';

import { ApiError, type Schemas, api, dataOf } from '../api.ts';
import { Id, PageHead, State, When } from '../parts/basics.tsx';
import { useDeed } from '../parts/deeds.tsx';
import { List } from '../parts/list.tsx';
import { useSession } from '../session.tsx';
import { useIssues, useT } from '../words.tsx';

type Project = Schemas['Project'];

export function Projects() {
  const t = useT();
  const { mayChange } = useSession();
  const [isOpen, { open, close }] = useDisclosure(false);
  const create = mayChange && (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      {t('new_project')}
    </Button>
  );
  return (
    <>
      <PageHead title={t('nav_projects')} text={t('projects_text')} actions={create} />
      <List<Project>
        queryKey={['projects']}
        fetch={(query) => dataOf(api.GET('/v2/access/projects', { params: { query } }))}
        itemKey={(project) => project.project_id}
        link={(project) => `/${project.project_id}`}
        columns={[
          { name: t('name'), cell: (project) => <Anchor component={Link} to={`/${project.project_id}`} fw={600}>{project.name}</Anchor> },
          { name: t('mode'), cell: (project) => <State value={project.mode} label={t(`mode_${project.mode}`)} /> },
          { name: t('slug'), cell: (project) => project.slug },
          { name: t('project_id'), cell: (project) => <Id value={project.project_id} /> },
          { name: t('created'), cell: (project) => <When at={project.created_at} /> },
        ]}
        empty={{
          title: t('projects_empty'),
          children: t('projects_empty_text'),
          icon: <IconBuilding size={28} />,
          action: create,
        }}
      />
      <NewProject isOpen={isOpen} close={close} />
    </>
  );
}

function NewProject({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const t = useT();
  const issuesOf = useIssues();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [mode, setMode] = useState<Project['mode']>('test');
  const create = useDeed({
    run: () => dataOf(api.POST('/v2/access/projects', { body: { name, mode, default_language: t.language } })),
    stale: [['projects']],
    then: (project) => void navigate(`/${project.project_id}/setup`),
  });
  const issue = create.error instanceof ApiError ? issuesOf(create.error)['name'] : undefined;
  return (
    <Modal closeButtonProps={{ 'aria-label': t('close') }} opened={isOpen} onClose={close} title={t('new_project')} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Stack>
          <TextInput
            label={t('name')}
            description={t('project_name_hint')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            required
            maxLength={60}
            error={issue}
            data-autofocus
          />
          <SegmentedControl
            value={mode}
            onChange={(value) => setMode(value as Project['mode'])}
            data={[
              { value: 'test', label: t('mode_test') },
              { value: 'live', label: t('mode_live') },
            ]}
            aria-label={t('mode')}
          />
          <Text size="sm" c="dimmed">
            {t(mode === 'test' ? 'mode_test_text' : 'mode_live_text')}
          </Text>
          <Button type="submit" loading={create.isPending}>
            {t('create')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
