import { BarChart } from '@mantine/charts';
import { Table, Text } from '@mantine/core';

import type { Schemas } from '../api.ts';
import { Card } from '../parts/basics.tsx';
import { useFormats, useT } from '../words.tsx';
import { deliveryRows } from './delivery_rows.ts';

type Stats = Schemas['Stats'];

/** How long messages take, by channel. */
export function DeliveryTimes({ times }: { times: Stats['delivery_times'] }) {
  const t = useT();
  const formats = useFormats();
  const rows = deliveryRows(times).map((row) => ({ ...row, name: t(`channel_${row.channel}`) }));
  const shown = (milliseconds: number | null) => (milliseconds === null ? '–' : `${formats.number(Math.round(milliseconds / 100) / 10)} s`);
  return (
    <Card title={t('delivery_time')} text={t('delivery_time_text')}>
      {rows.length === 0 ? (
        <Nothing />
      ) : (
        <>
          {/* A test project's inbox takes no time, and bars of no height look like a fault. */}
          {rows.some((row) => row.handed_over > 0 || (row.delivered ?? 0) > 0) && (
            <BarChart
              h={200}
              withLegend
              unit=" s"
              data={rows}
              dataKey="name"
              series={[
                { name: 'handed_over', label: t('delivery_handed_over'), color: 'accessd.5' },
                { name: 'delivered', label: t('delivery_delivered'), color: 'blue.5' },
              ]}
            />
          )}
          <Table mt="sm" fz="xs" verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('channel')}</Table.Th>
                <Table.Th ta="right">{t('delivery_messages')}</Table.Th>
                <Table.Th ta="right">{t('delivery_half')}</Table.Th>
                <Table.Th ta="right">{t('delivery_most')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map(({ channel, name }) => (
                <Table.Tr key={channel}>
                  <Table.Td>{name}</Table.Td>
                  <Table.Td ta="right">{formats.number(times[channel].handed_over.messages)}</Table.Td>
                  <Table.Td ta="right">{shown(times[channel].handed_over.median_ms)}</Table.Td>
                  <Table.Td ta="right">{shown(times[channel].handed_over.p95_ms)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </>
      )}
    </Card>
  );
}

/** How looks at faces ended: whether they matched, and whether somebody was there. */
export function FaceOutcomes({ faces }: { faces: Stats['totals']['faces'] }) {
  const t = useT();
  const isAny = Object.values(faces).some((count) => count > 0);
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
            { what: t('face_match'), yes: faces.matched, no: faces.not_matched },
            { what: t('face_liveness'), yes: faces.live, no: faces.not_live },
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

/** In place of a plot that has nothing in it. */
export function Nothing() {
  const t = useT();
  return (
    <Text size="sm" c="dimmed">
      {t('nothing_in_period')}
    </Text>
  );
}
