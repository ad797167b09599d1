import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';

import { type Schemas, answerOf, api, dataOf } from '../../api.ts';
import { useProject } from '../../project.tsx';

export type Flow = Schemas['Flow'];

/** The project's flows, the one that the address names (else the active one), and its tag for changes. */
export function useFlow() {
  const { projectId } = useProject();
  const [search, setSearch] = useSearchParams();
  const queries = useQueryClient();
  const flows = useQuery({
    queryKey: ['flows', projectId],
    queryFn: () =>
      dataOf(api.GET('/v2/access/projects/{project_id}/flows', { params: { path: { project_id: projectId }, query: { limit: 200 } } })),
  });
  const items = flows.data?.items ?? [];
  const wanted = search.get('flow');
  const chosen = items.find((flow) => flow.flow_id === wanted) ?? items.find((flow) => flow.status === 'active') ?? items[0];
  const flow = useQuery({
    queryKey: ['flow', chosen?.flow_id],
    queryFn: () => answerOf(api.GET('/v2/access/flows/{flow_id}', { params: { path: { flow_id: chosen?.flow_id ?? '' } } })),
    enabled: chosen !== undefined,
  });
  return {
    flows: items,
    isPending: flows.isPending || (chosen !== undefined && flow.isPending),
    error: flows.error ?? flow.error,
    flow: flow.data?.data,
    etag: flow.data?.etag ?? null,
    choose: (flowId: string) => setSearch({ flow: flowId }, { replace: true }),
    refresh: () =>
      Promise.all(
        [['flows', projectId], ['flow', chosen?.flow_id], ['setup', projectId]].map((queryKey) => queries.invalidateQueries({ queryKey })),
      ),
  };
}
