import { Checkbox, Group, NumberInput, Select, SimpleGrid, Stack, Switch, Tabs, TextInput } from '@mantine/core';
import { IconFaceId, IconMail, IconPhone } from '@tabler/icons-react';
import type { ReactNode } from 'react';

import { type Schemas, api, dataOf } from '../../api.ts';
import { Card, State } from '../../parts/basics.tsx';
import { Empty, Problem, Waiting } from '../../parts/notices.tsx';
import { SaveBar, type Settings, useSettings } from '../../parts/settings.tsx';
import { useProject } from '../../project.tsx';
import { useSession } from '../../session.tsx';
import { useT } from '../../words.tsx';
import { type Flow, useFlow } from './flow.ts';
import { NextStep } from './setup.tsx';

type MethodName = Schemas['MethodName'];
type MethodSettings = Schemas['MethodSettings'];

interface FormProps {
  flow: Flow;
  refresh: () => Promise<unknown>;
}

/** Step 3: how each way to log in behaves. Each is saved by itself. */
export function MethodsStep() {
  const t = useT();
  const { flow, isPending, error, refresh } = useFlow();
  if (isPending) return <Waiting />;
  if (error) return <Problem problem={error} />;
  if (!flow) return <Empty title={t('flows_empty')}>{t('flows_empty_text')}</Empty>;
  const tab = (method: MethodName, icon: ReactNode) => (
    <Tabs.Tab value={method} leftSection={icon} rightSection={flow.methods[method].enabled ? <State value="active" label={t('on')} /> : undefined}>
      {t(`method_${method}`)}
    </Tabs.Tab>
  );
  return (
    <Tabs defaultValue="email" keepMounted={false}>
      <Tabs.List mb="md">
        {tab('email', <IconMail size={16} />)}
        {tab('phone', <IconPhone size={16} />)}
        {tab('biometric', <IconFaceId size={16} />)}
      </Tabs.List>
      <Tabs.Panel value="email">
        <EmailForm flow={flow} refresh={refresh} />
      </Tabs.Panel>
      <Tabs.Panel value="phone">
        <PhoneForm flow={flow} refresh={refresh} />
      </Tabs.Panel>
      <Tabs.Panel value="biometric">
        <BiometricForm flow={flow} refresh={refresh} />
      </Tabs.Panel>
    </Tabs>
  );
}

/** Saves one method; the rest of the flow stays as it is. */
function useMethod<Values extends Record<string, unknown>>({ flow, refresh }: FormProps, method: MethodName, saved: Values, bodyOf: (values: Values) => MethodSettings) {
  return useSettings(saved, async (values) => {
    await dataOf(api.PUT('/v2/access/flows/{flow_id}/methods/{method}', { params: { path: { flow_id: flow.flow_id, method } }, body: bodyOf(values) }));
    await refresh();
  });
}

function MethodCard<Values>({ settings, title, text, children }: { settings: Settings<Values>; title: string; text: string; children: ReactNode }) {
  const t = useT();
  const { mayChange } = useSession();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void settings.submit();
      }}
    >
      <Card
        title={title}
        text={text}
        actions={<Switch label={t('on')} disabled={!mayChange} {...settings.form.getInputProps('enabled' as never, { type: 'checkbox' })} />}
      >
        <Stack>{children}</Stack>
      </Card>
      <SaveBar settings={settings as never} mayChange={mayChange} next={<NextStep after="methods" />} />
    </form>
  );
}

/** What email and phone have in common. */
function CodeFields({ settings }: { settings: Settings<{ otp_length: number; otp_ttl_seconds: number; max_attempts: number }> }) {
  const t = useT();
  const { form } = settings;
  return (
    <SimpleGrid cols={{ base: 1, xs: 3 }}>
      <NumberInput label={t('otp_length')} description="6–8" min={6} max={8} {...form.getInputProps('otp_length')} />
      <NumberInput label={t('otp_ttl_seconds')} description="60–600" min={60} max={600} step={30} {...form.getInputProps('otp_ttl_seconds')} />
      <NumberInput label={t('max_attempts')} description="1–10" min={1} max={10} {...form.getInputProps('max_attempts')} />
    </SimpleGrid>
  );
}

function EmailForm(props: FormProps) {
  const t = useT();
  const settings = useMethod(props, 'email', { ...props.flow.methods.email }, (values) => values);
  return (
    <MethodCard settings={settings} title={t('method_email')} text={t('email_method_text')}>
      <CodeFields settings={settings as never} />
      <Switch label={t('magic_link')} description={t('magic_link_hint')} {...settings.form.getInputProps('magic_link', { type: 'checkbox' })} />
    </MethodCard>
  );
}

const channels = ['sms', 'whatsapp'] as const;

function PhoneForm(props: FormProps) {
  const t = useT();
  const { isTest, project, projectId } = useProject();
  const { phone } = props.flow.methods;
  const saved = { ...phone, fallback: (phone.fallback?.to ?? '') as (typeof channels)[number] | '', after_seconds: phone.fallback?.after_seconds ?? 30, origin_host: phone.origin_host ?? '' };
  const settings = useMethod(props, 'phone', saved, ({ fallback, after_seconds, origin_host, ...rest }) => ({
    ...rest,
    origin_host: origin_host || null,
    fallback: fallback ? { to: fallback, after_seconds } : null,
  }));
  const { form } = settings;
  return (
    <MethodCard settings={settings} title={t('method_phone')} text={t('phone_method_text')}>
      {!isTest && project.allowed_countries.length === 0 && <Empty title={t('no_countries')}>{t('allowed_countries_hint')} {projectId}</Empty>}
      <CodeFields settings={settings as never} />
      <Checkbox.Group label={t('channels')} {...form.getInputProps('channels')}>
        <Group mt="xs">
          {channels.map((channel) => (
            <Checkbox key={channel} value={channel} label={t(`channel_${channel}`)} />
          ))}
        </Group>
      </Checkbox.Group>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Select label={t('fallback')} description={t('fallback_hint')} clearable placeholder={t('fallback_none')} data={channels.map((value) => ({ value, label: t(`channel_${value}`) }))} {...form.getInputProps('fallback')} value={form.values.fallback || null} onChange={(value) => form.setFieldValue('fallback', (value ?? '') as typeof saved.fallback)} />
        <NumberInput label={t('fallback_after')} description="10–300" min={10} max={300} disabled={!form.values.fallback} {...form.getInputProps('after_seconds')} />
      </SimpleGrid>
      <TextInput label={t('origin_host')} description={t('origin_host_hint')} placeholder="login.shop.example" {...form.getInputProps('origin_host')} />
    </MethodCard>
  );
}

const assurances = ['low', 'passive', 'active'] as const;

function BiometricForm(props: FormProps) {
  const t = useT();
  const { isTest } = useProject();
  const { effective_min_assurance, effective_match_fmr, ...method } = props.flow.methods.biometric;
  const saved = { ...method, min_assurance: method.min_assurance ?? '', match_fmr: method.match_fmr === null ? '' : String(method.match_fmr) };
  const settings = useMethod(props, 'biometric', saved, ({ min_assurance, match_fmr, ...rest }) => ({
    ...rest,
    min_assurance: (min_assurance || null) as Schemas['BiometricMethodSettings']['min_assurance'] & (string | null),
    match_fmr: match_fmr ? Number(match_fmr) : null,
  }));
  const { form } = settings;
  const toggle = (name: 'liveness_required' | 'require_consent' | 'biometric_only' | 'reject_duplicate_faces' | 'refresh_faces' | 'accept_low_assurance') => (
    <Switch key={name} label={t(name)} description={t(`${name}_hint`)} {...form.getInputProps(name, { type: 'checkbox' })} />
  );
  return (
    <MethodCard settings={settings} title={t('method_biometric')} text={t('biometric_method_text')}>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Select
          label={t('min_assurance')}
          description={t('min_assurance_hint', { effective: t(`assurance_${effective_min_assurance}`) })}
          clearable
          placeholder={t('by_default')}
          data={assurances.map((value) => ({ value, label: t(`assurance_${value}`) }))}
          value={form.values.min_assurance || null}
          onChange={(value) => form.setFieldValue('min_assurance', (value ?? '') as typeof saved.min_assurance)}
          error={form.errors.min_assurance}
        />
        <Select
          label={t('match_fmr')}
          description={t('match_fmr_hint', { effective: String(effective_match_fmr) })}
          clearable
          placeholder={t('by_default')}
          data={['0.01', '0.001', '0.0001', '0.00001']}
          value={form.values.match_fmr || null}
          onChange={(value) => form.setFieldValue('match_fmr', value ?? '')}
          error={form.errors.match_fmr}
        />
        <NumberInput label={t('validation_ttl_seconds')} description="60–900" min={60} max={900} step={30} {...form.getInputProps('validation_ttl_seconds')} />
        <NumberInput label={t('max_attempts')} description="1–10" min={1} max={10} {...form.getInputProps('max_attempts')} />
      </SimpleGrid>
      {toggle('liveness_required')}
      {toggle('require_consent')}
      {toggle('reject_duplicate_faces')}
      {toggle('refresh_faces')}
      {toggle('biometric_only')}
      {!isTest && form.values.min_assurance === 'low' && toggle('accept_low_assurance')}
    </MethodCard>
  );
}
