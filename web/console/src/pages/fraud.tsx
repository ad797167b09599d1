import { Button, Group, JsonInput, NumberInput, Select, SimpleGrid, Stack } from '@mantine/core';
import { IconShieldOff } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';

import { call, type Page, type Schemas } from '../api.ts';
import { Card, PageHead, State, When } from '../parts/basics.tsx';
import { useDeed } from '../parts/deeds.tsx';
import { List } from '../parts/list.tsx';
import { Problem, Waiting } from '../parts/notices.tsx';
import { SaveBar, useSettings } from '../parts/settings.tsx';
import { useProject } from '../project.tsx';
import { useSession } from '../session.tsx';
import { useT } from '../words.tsx';

const rules = ['block', 'range', 'country', 'client', 'caps'] as const;
const ruleStates = ['on', 'dry_run', 'off'] as const;

type Guard = Schemas['FraudGuard'];

type Block = Schemas['FraudBlock'];

/** What keeps messages from being asked for at somebody's expense: the rules, and what they decided. */
export function Fraud() {
  const t = useT();
  const { projectId } = useProject();
  const query = useQuery({ queryKey: ['fraud-guard', projectId], queryFn: () => call<Guard>('GET', `/projects/${projectId}/fraud-guard`) });
  return (
    <Stack>
      <PageHead title={t('nav_fraud')} text={t('fraud_text')} />
      {query.isPending && <Waiting />}
      {query.isError && <Problem problem={query.error} retry={() => void query.refetch()} />}
      {query.data && <Rules guard={query.data} />}
      {query.isSuccess && <Blocks />}
    </Stack>
  );
}

function Rules({ guard }: { guard: Guard }) {
  const t = useT();
  const queries = useQueryClient();
  const { projectId } = useProject();
  const { mayChange } = useSession();
  const saved = { rules: guard.rules, messages_per_day: guard.messages_per_day, spend_per_day: guard.spend_per_day, prices: JSON.stringify(guard.prices, null, 2) };
  const settings = useSettings(saved, async (values) => {
    await call('PUT', `/projects/${projectId}/fraud-guard`, { body: { ...values, prices: JSON.parse(values.prices || '{}') as unknown } });
    await queries.invalidateQueries({ queryKey: ['fraud-guard', projectId] });
  });
  const { form } = settings;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void settings.submit();
      }}
    >
      <Card title={t('fraud_rules')}>
        <Stack>
          <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
            {rules.map((rule) => (
              <Select key={rule} label={t(`fraud_${rule}`)} description={t(`fraud_${rule}_hint`)} disabled={!mayChange} allowDeselect={false} data={ruleStates.map((value) => ({ value, label: t(`fraud_rule_${value}`) }))} {...form.getInputProps(`rules.${rule}`)} />
            ))}
            <NumberInput label={t('messages_per_day')} min={0} readOnly={!mayChange} {...form.getInputProps('messages_per_day')} />
            <NumberInput label={t('spend_per_day')} min={0} readOnly={!mayChange} {...form.getInputProps('spend_per_day')} />
          </SimpleGrid>
          <JsonInput label={t('prices')} description={t('prices_hint')} autosize minRows={2} readOnly={!mayChange} validationError={t('not_json')} {...form.getInputProps('prices')} />
        </Stack>
        <SaveBar settings={settings as never} mayChange={mayChange} />
      </Card>
    </form>
  );
}

function Blocks() {
  const t = useT();
  const { projectId } = useProject();
  const { mayChange } = useSession();
  const key = ['fraud-blocks', projectId];
  const lift = useDeed({ run: (block: Block) => call('DELETE', `/fraud-blocks/${block.block_id}`), stale: [key], done: t('block_lifted') });
  return (
    <Card title={t('fraud_blocks')}>
      <List<Block>
        queryKey={key}
        fetch={(query) => call<Page<Block>>('GET', `/projects/${projectId}/fraud-blocks`, { query: { ...query } })}
        itemKey={(block) => block.block_id}
        columns={[
          { name: t('since'), cell: (block) => <When at={block.began_at} /> },
          { name: t('fraud_scope'), cell: (block) => `${t(`fraud_of_${block.scope}`)} ${block.key}` },
          { name: t('reason'), cell: (block) => t(`fraud_why_${block.scope}`) },
          { name: t('until'), cell: (block) => <When at={block.until} /> },
          {
            name: t('state'),
            cell: (block) => (
              <Group gap={4}>
                <State value={block.status === 'active' ? 'failing' : 'paused'} label={t(`block_${block.status}`)} />
                {block.dry_run && <State value="test" label={t('fraud_rule_dry_run')} />}
              </Group>
            ),
          },
          {
            name: '',
            cell: (block) =>
              mayChange &&
              block.status === 'active' && (
                <Button size="xs" variant="default" loading={lift.isPending && lift.variables === block} onClick={() => lift.mutate(block)}>
                  {t('lift_block')}
                </Button>
              ),
          },
        ]}
        empty={{ title: t('blocks_empty'), children: t('blocks_empty_text'), icon: <IconShieldOff size={28} /> }}
        refetchMs={15_000}
      />
    </Card>
  );
}
