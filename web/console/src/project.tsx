import { useQuery } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { Outlet, useParams } from 'react-router';

import { type Schemas, answerOf, api } from './api.ts';
import { Problem, Waiting } from './parts/notices.tsx';

export type Project = Schemas['Project'];
const ProjectContext = createContext<{ project: Project; etag: string | null } | undefined>(undefined);

export const projectKey = (projectId: string) => ['project', projectId];

/** Pages of one project: loads it, and shows them below. */
export function ProjectScope() {
  const { projectId = '' } = useParams();
  const query = useQuery({
    queryKey: projectKey(projectId),
    queryFn: async () => {
      const { data, etag } = await answerOf(
        api.GET('/v2/access/projects/{project_id}', { params: { path: { project_id: projectId } } }),
      );
      return { project: data, etag };
    },
  });
  if (query.isPending) return <Waiting />;
  if (query.isError) return <Problem problem={query.error} retry={() => void query.refetch()} />;
  return (
    <ProjectContext value={query.data}>
      <Outlet key={projectId} />
    </ProjectContext>
  );
}

/** The project whose pages these are, and the tag that a change of it sends back. */
export function useProject() {
  const found = useContext(ProjectContext);
  if (!found) throw new Error('useProject: not below ProjectScope');
  return { ...found, projectId: found.project.project_id, isTest: found.project.mode === 'test' };
}
