import { Badge, Button, Group, Menu, Text } from '@mantine/core';
import { IconCheck, IconSelector } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { api, dataOf } from '../api.ts';
import { useT } from '../words.tsx';

const shownMax = 50;

/** The project one is in, and the way to the others. */
export function ProjectSwitch({ projectId }: { projectId: string }) {
  const t = useT();
  const query = useQuery({
    queryKey: ['projects', 'switch'],
    queryFn: () => dataOf(api.GET('/v2/access/projects', { params: { query: { limit: shownMax } } })),
  });
  const projects = query.data?.items ?? [];
  const current = projects.find((project) => project.project_id === projectId);
  if (projects.length === 0) return null;
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <Button variant="default" size="compact-md" rightSection={<IconSelector size={14} />} style={{ minWidth: 0, maxWidth: 220 }}>
          <Text size="sm" truncate>
            {current?.name ?? t('choose_project')}
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        {projects.map((project) => (
          <Menu.Item
            key={project.project_id}
            component={Link}
            to={`/${project.project_id}`}
            rightSection={project.project_id === projectId ? <IconCheck size={14} /> : undefined}
          >
            <Group gap="xs" wrap="nowrap">
              <Text size="sm" truncate>
                {project.name}
              </Text>
              {project.mode === 'test' && (
                <Badge size="xs" color="grape" variant="light">
                  {t('mode_test')}
                </Badge>
              )}
            </Group>
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item component={Link} to="/projects">
          {t('all_projects')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
