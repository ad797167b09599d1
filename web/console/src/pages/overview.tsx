import { BarChart } from '@mantine/charts';
import { Anchor, Button, Group, Paper, Progress, SegmentedControl, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconListCheck } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';

import { type Schemas, api, dataOf } from '../api.ts';
import { Card, PageHead, State } from '../parts/basics.tsx';
import { Empty, Problem, Waiting } from '../parts/notices.tsx';
import { useProject } from '../project.tsx';
import { useFormats, useT } from '../words.tsx';
import { DeliveryTimes, FaceOutcomes, Nothing } from './overview_outcomes.tsx';

type Stats = Schemas['Stats'];

const wholeNumbers = { allowDecimals: false };
const hourMs = 3_600_000;
/** How far back, and in which steps. */
const periods = {
  day: { hours: 24, step: 'hour' },
  week: { hours: 24 * 7, step: 'day' },
  month: { hours: 24 * 30, step: 'day' },
} as const;
type Period = keyof typeof periods;

/** How logins of a project fare. The default export: its plots are loaded when somebody looks. */
export default function Overview() {
  const t = useT();
  const { project, projectId } = useProject();
  const [search, setSearch] = useSearchParams();
  const chosen = (search.get('period') ?? 'week') as Period;
  const period: Period = chosen in periods ? chosen : 'week';
  const query = useQuery({
    queryKey: ['stats', projectId, period],
    queryFn: () => {
      const { hours, step } = periods[period];
      // Whole hours: what is asked again within one is the same question.
      const to = Math.ceil(Date.now() / hourMs) * hourMs;
      const range = { from: new Date(to - hours * hourMs).toISOString(), to: new Date(to).toISOString(), step };
      return dataOf(
        api.GET('/v2/access/projects/{project_id}/stats', { params: { path: { project_id: projectId }, query: range } }),
      );
    },
    refetchInterval: 30_000,
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <PageHead
        title={project.name}
        text={
          <Group gap="xs">
            <State value={project.mode} label={t(`mode_${project.mode}`)} />
            <Anchor href={`/login/${project.slug}`} target="_blank" size="sm">
              /login/{project.slug}
            </Anchor>
          </Group>
        }
        actions={
          <SegmentedControl
            aria-label={t('period')}
            value={period}
            onChange={(value) => setSearch({ period: value }, { replace: true })}
            data={(Object.keys(periods) as Period[]).map((value) => ({ value, label: t(`period_${value}`) }))}
          />
        }
      />
      {query.isPending && <Waiting />}
      {query.isError && <Problem problem={query.error} retry={() => void query.refetch()} />}
      {query.data && <Plots stats={query.data} />}
    </>
  );
}

function Plots({ stats }: { stats: Stats }) {
  const t = useT();
  const formats = useFormats();
  const { projectId } = useProject();
  const { totals, funnel } = stats;
  if (totals.codes.asked + totals.logins.started === 0) {
    return (
      <Paper withBorder>
        <Empty
          title={t('overview_empty')}
          icon={<IconListCheck size={28} />}
          action={
            <Button component={Link} to={`/${projectId}/setup`}>
              {t('go_to_setup')}
            </Button>
          }
        >
          {t('overview_empty_text')}
        </Empty>
      </Paper>
    );
  }
  const isHours = stats.step_seconds === 3600;
  const rows = stats.buckets.map((bucket) => ({ at: isHours ? formats.hour(bucket.start) : formats.day(bucket.start), ...bucket }));
  const by = totals.logins.completed_by_method;
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        <Figure name={t('logins_completed')} value={formats.number(totals.logins.completed)} more={t('of_started', { count: formats.number(totals.logins.started) })} />
        <Figure name={t('success_rate')} value={formats.percent(totals.logins.completed, totals.logins.completed + totals.logins.failed + totals.logins.expired)} more={t('of_ended')} />
        <Figure name={t('codes_asked')} value={formats.number(totals.codes.asked)} more={t('unknown_people', { count: formats.number(totals.codes.unknown_people) })} />
        <Figure name={t('limits_hit')} value={formats.number(totals.limits.rate_limited)} more={t('locked_count', { count: formats.number(totals.limits.locked) })} />
      </SimpleGrid>
      <Card title={t('logins_over_time')} aria-label={t('logins_over_time')}>
        <BarChart
          h={260}
          type="stacked"
          withLegend
          yAxisProps={wholeNumbers}
          data={rows.map(({ at, logins }) => ({ at, completed: logins.completed, failed: logins.failed, expired: logins.expired }))}
          dataKey="at"
          series={[
            { name: 'completed', label: t('state_complete'), color: 'accessd.5' },
            { name: 'expired', label: t('state_expired'), color: 'orange.5' },
            { name: 'failed', label: t('state_failed'), color: 'red.6' },
          ]}
        />
      </Card>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Card title={t('funnel')} text={t('funnel_text')}>
          <Funnel steps={[['sent', funnel.sent], ['delivered', funnel.delivered], ['tried', funnel.tried], ['validated', funnel.validated]]} />
        </Card>
        <Card title={t('by_method')}>
          {totals.logins.completed > 0 ? (
            <BarChart
              h={200}
              orientation="vertical"
              xAxisProps={wholeNumbers}
              yAxisProps={{ width: 80 }}
              data={(['email', 'phone', 'biometric'] as const).map((method) => ({ method: t(`method_${method}`), count: by[method] }))}
              dataKey="method"
              series={[{ name: 'count', label: t('logins_completed'), color: 'accessd.5' }]}
            />
          ) : (
            <Nothing />
          )}
        </Card>
        <Card title={t('codes_over_time')}>
          <BarChart
            h={220}
            type="stacked"
            yAxisProps={wholeNumbers}
            withLegend
            data={rows.map(({ at, codes }) => ({ at, validated: codes.validated, failed: codes.failed, expired: codes.expired }))}
            dataKey="at"
            series={[
              { name: 'validated', label: t('state_validated'), color: 'accessd.5' },
              { name: 'expired', label: t('state_expired'), color: 'orange.5' },
              { name: 'failed', label: t('state_failed'), color: 'red.6' },
            ]}
          />
        </Card>
        <Card title={t('limits_over_time')}>
          {totals.limits.rate_limited + totals.limits.locked > 0 ? (
            <BarChart
              h={220}
              yAxisProps={wholeNumbers}
              withLegend
              data={rows.map(({ at, limits }) => ({ at, ...limits }))}
              dataKey="at"
              series={[
                { name: 'rate_limited', label: t('rate_limited'), color: 'yellow.6' },
                { name: 'locked', label: t('nav_locks'), color: 'red.6' },
              ]}
            />
          ) : (
            <Nothing />
          )}
        </Card>
        <DeliveryTimes times={stats.delivery_times} />
        <FaceOutcomes faces={totals.faces} />
      </SimpleGrid>
    </Stack>
  );
}

function Figure({ name, value, more }: { name: string; value: string; more: string }) {
  return (
    <Paper withBorder p="md">
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text fz={28} fw={700} lh={1.2}>
        {value}
      </Text>
      <Text size="xs" c="dimmed">
        {more}
      </Text>
    </Paper>
  );
}

/** From message to login: how many come to each step, and which part of the first that is. */
function Funnel({ steps }: { steps: ['sent' | 'delivered' | 'tried' | 'validated', number][] }) {
  const t = useT();
  const formats = useFormats();
  const first = steps[0]?.[1] ?? 0;
  return (
    <Stack gap="sm">
      {steps.map(([name, count]) => (
        <div key={name}>
          <Group justify="space-between" mb={4}>
            <Text size="sm">{t(`funnel_${name}`)}</Text>
            <Text size="sm" fw={600}>
              {formats.number(count)}{' '}
              <Text span size="xs" c="dimmed">
                {formats.percent(count, first)}
              </Text>
            </Text>
          </Group>
          <Progress value={first ? (100 * count) / first : 0} size="lg" aria-label={t(`funnel_${name}`)} />
        </div>
      ))}
    </Stack>
  );
}
