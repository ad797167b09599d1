import { Button, Checkbox, Group, Radio, SegmentedControl, Select, Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';

import { api, dataOf } from '../../api.ts';
import { Card } from '../../parts/basics.tsx';
import { useDeed } from '../../parts/deeds.tsx';
import { Empty, Problem, Waiting } from '../../parts/notices.tsx';
import { SaveBar, useSettings } from '../../parts/settings.tsx';
import { useProject } from '../../project.tsx';
import { useSession } from '../../session.tsx';
import { useT } from '../../words.tsx';
import { type Flow, useFlow } from './flow.ts';
import { NextStep } from './setup.tsx';

const methods = ['email', 'phone', 'biometric'] as const;

/** Step 2: what a login needs, and where it may lead. */
export function FlowStep() {
  const t = useT();
  const { projectId } = useProject();
  const { mayChange } = useSession();
  const { flows, flow, etag, isPending, error, choose, refresh } = useFlow();
  const create = useDeed({
    run: () =>
      dataOf(api.POST('/v2/access/projects/{project_id}/flows', { params: { path: { project_id: projectId } }, body: { name: t('new_flow_name') } })),
    stale: [['flows', projectId], ['setup', projectId]],
    then: (made) => choose(made.flow_id),
  });
  const add = mayChange && (
    <Button variant="default" leftSection={<IconPlus size={16} />} loading={create.isPending} onClick={() => create.mutate()}>
      {t('add_flow')}
    </Button>
  );
  if (isPending) return <Waiting />;
  if (error) return <Problem problem={error} />;
  if (!flow) return <Empty title={t('flows_empty')} action={add}>{t('flows_empty_text')}</Empty>;
  return (
    <Stack>
      <Group align="flex-end">
        {flows.length > 1 && (
          <Select label={t('flow')} allowDeselect={false} value={flow.flow_id} onChange={(id) => id && choose(id)} data={flows.map((one) => ({ value: one.flow_id, label: one.name }))} />
        )}
        {add}
      </Group>
      <FlowForm key={flow.flow_id} flow={flow} etag={etag} refresh={refresh} />
    </Stack>
  );
}

function valuesOf(flow: Flow) {
  const kind: 'any' | 'all' = 'any' in flow.policy ? 'any' : 'all';
  return {
    name: flow.name,
    status: flow.status,
    kind,
    methods: 'any' in flow.policy ? flow.policy.any : flow.policy.all,
    redirect_urls: flow.redirect_urls,
    allowed_email_domains: flow.allowed_email_domains,
    reveal_unknown_users: flow.reveal_unknown_users,
    add_missing_contacts: flow.add_missing_contacts,
    suggest_face_enrolment: flow.suggest_face_enrolment,
  };
}

function FlowForm({ flow, etag, refresh }: { flow: Flow; etag: string | null; refresh: () => Promise<unknown> }) {
  const t = useT();
  const { mayChange } = useSession();
  const settings = useSettings(valuesOf(flow), async ({ kind, methods: needed, ...rest }) => {
    await dataOf(
      api.PATCH('/v2/access/flows/{flow_id}', {
        params: { path: { flow_id: flow.flow_id }, ...(etag ? { header: { 'If-Match': etag } } : {}) },
        body: { ...rest, policy: kind === 'any' ? { any: needed } : { all: needed } },
      }),
    );
    await refresh();
  });
  const { form } = settings;
  const toggle = (name: 'reveal_unknown_users' | 'add_missing_contacts' | 'suggest_face_enrolment') => (
    <Switch key={name} label={t(name)} description={t(`${name}_hint`)} disabled={!mayChange} {...form.getInputProps(name, { type: 'checkbox' })} />
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void settings.submit();
      }}
    >
      <Stack>
        <Card title={t('flow_needs')} text={t('flow_needs_text')}>
          <Stack>
            <Group align="flex-end">
              <TextInput label={t('name')} required maxLength={60} readOnly={!mayChange} {...form.getInputProps('name')} style={{ flex: '1 1 220px' }} />
              <SegmentedControl
                aria-label={t('state')}
                disabled={!mayChange}
                data={(['draft', 'active', 'paused'] as const).map((value) => ({ value, label: t(`flow_${value}`) }))}
                {...form.getInputProps('status')}
              />
            </Group>
            <Radio.Group label={t('policy')} {...form.getInputProps('kind')}>
              <Group mt="xs">
                <Radio value="any" label={t('policy_any')} disabled={!mayChange} />
                <Radio value="all" label={t('policy_all')} disabled={!mayChange} />
              </Group>
            </Radio.Group>
            <Checkbox.Group label={t('methods')} {...form.getInputProps('methods')} error={form.errors.policy ?? form.errors.methods}>
              <Group mt="xs">
                {methods.map((method) => (
                  <Checkbox key={method} value={method} label={t(`method_${method}`)} disabled={!mayChange} />
                ))}
              </Group>
            </Checkbox.Group>
          </Stack>
        </Card>
        <Card title={t('redirects')} text={t('redirects_text')}>
          <TagsInput label={t('redirect_urls')} placeholder="https://shop.example/signed-in" readOnly={!mayChange} {...form.getInputProps('redirect_urls')} />
        </Card>
        <Card title={t('who_may')}>
          <Stack>
            <TagsInput label={t('allowed_email_domains')} description={t('allowed_email_domains_hint')} placeholder="example.com" readOnly={!mayChange} {...form.getInputProps('allowed_email_domains')} />
            {toggle('reveal_unknown_users')}
            {toggle('add_missing_contacts')}
            {toggle('suggest_face_enrolment')}
          </Stack>
        </Card>
      </Stack>
      <SaveBar settings={settings as never} mayChange={mayChange} next={<NextStep after="flow" />} />
    </form>
  );
}
