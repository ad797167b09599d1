import { BarChart } from '@mantine/charts';
import { Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { api, dataOf } from '../api.ts';
import { Card } from '../parts/basics.tsx';
import { useProject } from '../project.tsx';
import { useT } from '../words.tsx';
import { deliveryEvents, deliveryTimes, faceEvents, faceOutcomes } from './event_figures.ts';

/** The newest events of some kinds within a time. */
function useNewest(types: readonly string[], from: string, to: string) {
  const { projectId } = useProject();
  return useQuery({
    queryKey: ['stats', projectId, 'events', types.join(), from],
    queryFn: () =>
      dataOf(api.GET('/v2/access/events', { params: { query: { project_id: projectId, type: types.join(','), from, to, limit: 200 } } })),
    placeholderData: keepPreviousData,
  });
}

interface Range {
  from: string;
  to: string;
}

/** How long messages take, by channel. */
export function DeliveryTimes({ from, to }: Range) {
  const t = useT();
  const events = useNewest(deliveryEvents, from, to);
  const times = deliveryTimes(events.data?.items ?? []);
  return (
    <Card title={t('delivery_time')} text={t('delivery_time_text')}>
      {times.length === 0 ? (
        <Nothing />
      ) : (
        <BarChart
          h={200}
          withLegend
          unit=" s"
          data={times.map((time) => ({ ...time, channel: t(`channel_${time.channel as 'email' | 'sms' | 'whatsapp'}`) }))}
          dataKey="channel"
          series={[
            { name: 'handed_over', label: t('delivery_handed_over'), color: 'accessd.5' },
            { name: 'delivered', label: t('delivery_delivered'), color: 'blue.5' },
          ]}
        />
      )}
    </Card>
  );
}

/** How looks at faces ended: whether they matched, and whether somebody was there. */
export function FaceOutcomes({ from, to }: Range) {
  const t = useT();
  const events = useNewest(faceEvents, from, to);
  const outcomes = faceOutcomes(events.data?.items ?? []);
  const isAny = Object.values(outcomes).some((count) => count > 0);
  return (
    <Card title={t('face_outcomes')} text={t('face_outcomes_text')}>
      {!isAny ? (
        <Nothing />
      ) : (
        <BarChart
          h={200}
          type="stacked"
          withLegend
          yAxisProps={{ allowDecimals: false }}
          data={[
            { what: t('face_match'), yes: outcomes.matched, no: outcomes.not_matched },
            { what: t('face_liveness'), yes: outcomes.live, no: outcomes.not_live },
          ]}
          dataKey="what"
          series={[
            { name: 'yes', label: t('face_yes'), color: 'accessd.5' },
            { name: 'no', label: t('face_no'), color: 'red.6' },
          ]}
        />
      )}
    </Card>
  );
}

function Nothing() {
  const t = useT();
  return (
    <Text size="sm" c="dimmed">
      {t('nothing_in_period')}
    </Text>
  );
}
