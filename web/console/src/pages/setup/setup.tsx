import { Anchor, Box, Button, Group, Paper, Text, ThemeIcon } from '@mantine/core';
import { IconAlertTriangle, IconArrowRight, IconCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';

import { type Schemas, api, dataOf } from '../../api.ts';
import { PageHead, State } from '../../parts/basics.tsx';
import { Problem } from '../../parts/notices.tsx';
import { useProject } from '../../project.tsx';
import { useT, useTold } from '../../words.tsx';
import { FlowStep } from './flow_step.tsx';
import { MethodsStep } from './methods_step.tsx';
import { ProjectStep } from './project_step.tsx';
import classes from './setup.module.css';
import { SourceStep } from './source_step.tsx';
import { TryStep } from './try_step.tsx';
import { WebhooksStep } from './webhooks_step.tsx';

type StepState = Schemas['Setup']['steps'][number];

const steps = ['project', 'flow', 'methods', 'source', 'webhooks', 'try'] as const;
export type StepName = (typeof steps)[number];

const pages: Record<StepName, () => React.ReactNode> = {
  project: ProjectStep,
  flow: FlowStep,
  methods: MethodsStep,
  source: SourceStep,
  webhooks: WebhooksStep,
  try: TryStep,
};

/** How set-up stands, as the server sees it. */
export function useSetup() {
  const { projectId } = useProject();
  return useQuery({
    queryKey: ['setup', projectId],
    queryFn: () => dataOf(api.GET('/v2/access/projects/{project_id}/setup', { params: { path: { project_id: projectId } } })),
    refetchInterval: 10_000,
  });
}

/** Five steps to a first login, each saved by itself, and a sixth to try it. */
export function Setup() {
  const t = useT();
  const told = useTold();
  const { project, projectId } = useProject();
  const setup = useSetup();
  const asked = useParams().step;
  const step = steps.find((one) => one === asked) ?? 'project';
  const Page = pages[step];
  const state = (name: StepName) => setup.data?.steps.find((one) => one.step === name);
  const hint = state(step);
  return (
    <>
      <PageHead
        title={t('setup_title', { name: project.name })}
        text={t('setup_text')}
        actions={setup.data && <State value={setup.data.ready ? 'ready' : 'missing'} label={t(setup.data.ready ? 'setup_ready' : 'setup_not_ready')} />}
      />
      {setup.isError && <Problem problem={setup.error} retry={() => void setup.refetch()} />}
      <div className={classes.columns}>
        <nav aria-label={t('nav_setup')} className={classes.steps}>
          {steps.map((name, index) => (
            <StepLink key={name} name={name} number={index + 1} state={state(name)} isHere={name === step} base={`/${projectId}/setup`} />
          ))}
        </nav>
        <Box style={{ minWidth: 0 }}>
          <Text c="dimmed" size="sm" mb="md" maw={680}>
            {t(`step_${step}_text`)}
          </Text>
          {hint?.next && (
            <Paper withBorder p="sm" mb="md">
              <Group gap="xs" wrap="nowrap">
                <IconAlertTriangle size={18} color={`var(--mantine-color-${hint.status === 'missing' ? 'orange' : 'yellow'}-6)`} aria-hidden />
                <Text size="sm">{told(hint.next)}</Text>
              </Group>
            </Paper>
          )}
          <Page />
        </Box>
      </div>
    </>
  );
}

interface StepLinkProps {
  name: StepName;
  number: number;
  state: StepState | undefined;
  isHere: boolean;
  base: string;
}

function StepLink({ name, number, state, isHere, base }: StepLinkProps) {
  const t = useT();
  const color = { done: 'teal', warning: 'yellow', missing: 'gray' }[state?.status ?? 'missing'];
  const words = state ? t(`step_${state.status}`) : t('step_any_time');
  return (
    <Anchor component={Link} to={`${base}/${name}`} underline="never" c="inherit" className={classes.step} aria-current={isHere ? 'step' : undefined}>
      <ThemeIcon radius="xl" size={30} variant={isHere ? 'filled' : 'light'} color={isHere ? 'accessd' : color}>
        {state?.status === 'done' && !isHere ? <IconCheck size={16} /> : <span>{number}</span>}
      </ThemeIcon>
      <span>
        <Text size="sm" fw={isHere ? 650 : 500}>
          {t(`step_${name}`)}
        </Text>
        <Text size="xs" c="dimmed">
          {words}
        </Text>
      </span>
    </Anchor>
  );
}

/** The way from one step to the next. */
export function NextStep({ after }: { after: StepName }) {
  const t = useT();
  const { projectId } = useProject();
  const next = steps[steps.indexOf(after) + 1];
  if (!next) return null;
  return (
    <Button component={Link} to={`/${projectId}/setup/${next}`} rightSection={<IconArrowRight size={16} />}>
      {t(`step_${next}`)}
    </Button>
  );
}
