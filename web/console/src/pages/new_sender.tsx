import { Alert, Button, Modal, NumberInput, PasswordInput, Select, SimpleGrid, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { type GetInputPropsReturnType, useForm } from '@mantine/form';

import { ApiError, call } from '../api.ts';
import { CodeBlock } from '../parts/basics.tsx';
import { useDeed } from '../parts/deeds.tsx';
import { useProject } from '../project.tsx';
import { useIssues, useT } from '../words.tsx';
import { type Channel, type CreatedSender, type SenderKind, type SettingField, senderKinds } from './sender_kinds.ts';

interface Values {
  name: string;
  kind: SenderKind;
  channel: Channel;
  priority: number;
  prefixes: string[];
  settings: Record<string, unknown>;
}
const initialValues: Values = { name: '', kind: 'smtp', channel: 'email', priority: 10, prefixes: [], settings: senderKinds.smtp.initial };

/** Without what was left empty: the API has its own defaults. */
function bodyOf({ prefixes, settings, ...rest }: Values) {
  const isSet = ([, value]: [string, unknown]) => value !== '' && value !== undefined;
  return {
    ...rest,
    ...(rest.channel !== 'email' && prefixes.length > 0 ? { prefixes } : {}),
    settings: Object.fromEntries(Object.entries(settings).filter(isSet)),
  };
}

/** One more account that messages can leave through. */
export function NewSender({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const t = useT();
  const issuesOf = useIssues();
  const { projectId } = useProject();
  const form = useForm<Values>({ initialValues });
  const kind = senderKinds[form.values.kind];
  const create = useDeed({
    run: (values: Values) =>
      call<CreatedSender>('POST', `/projects/${projectId}/senders`, { body: bodyOf(values) }).catch((problem: unknown) => {
        if (problem instanceof ApiError) form.setErrors(issuesOf(problem));
        throw problem;
      }),
    stale: [['senders', projectId], ['setup', projectId]],
    done: t('sender_added'),
  });
  const leave = () => {
    create.reset();
    form.reset();
    close();
  };
  const choose = (chosen: SenderKind) =>
    form.setValues({ kind: chosen, channel: senderKinds[chosen].channels[0] ?? 'email', settings: senderKinds[chosen].initial });
  return (
    <Modal closeButtonProps={{ 'aria-label': t('close') }} opened={isOpen} onClose={leave} title={t('add_sender')} centered size="lg">
      {create.data ? (
        <Stack>
          {create.data.warnings.map((warning) => (
            <Alert key={warning} color="yellow">
              {warning}
            </Alert>
          ))}
          <Text size="sm">{t('receipts_text')}</Text>
          <CodeBlock label={t('receipts')} text={`${create.data.receipts_url}\n${create.data.receipt_secret}`} />
          <Button onClick={leave}>{t('close')}</Button>
        </Stack>
      ) : (
        <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
          <Stack gap="sm">
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <TextInput label={t('name')} required maxLength={60} data-autofocus {...form.getInputProps('name')} />
              <Select
                label={t('kind')}
                allowDeselect={false}
                data={Object.entries(senderKinds).map(([value, { label }]) => ({ value, label }))}
                value={form.values.kind}
                onChange={(value) => choose(value as SenderKind)}
                error={form.errors.kind}
              />
              {kind.channels.length > 1 && (
                <Select label={t('channel')} allowDeselect={false} data={kind.channels.map((value) => ({ value, label: t(`channel_${value}`) }))} {...form.getInputProps('channel')} />
              )}
              <NumberInput label={t('priority')} min={1} max={100} {...form.getInputProps('priority')} />
              {form.values.channel !== 'email' && <TagsInput label={t('prefixes')} placeholder="+55" {...form.getInputProps('prefixes')} />}
            </SimpleGrid>
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              {kind.fields.map((field) => (
                <Setting key={`${form.values.kind}.${field.name}`} field={field} props={form.getInputProps(`settings.${field.name}`)} />
              ))}
            </SimpleGrid>
            <Button type="submit" loading={create.isPending}>
              {t('add_sender')}
            </Button>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

function Setting({ field, props }: { field: SettingField; props: GetInputPropsReturnType }) {
  const t = useT();
  const label = typeof field.label === 'string' ? field.label : t(field.label.word);
  const shared = { label, required: field.isRequired ?? false, placeholder: field.placeholder ?? '', ...props };
  if (field.options) return <Select {...shared} allowDeselect={false} data={field.options} />;
  if (field.type === 'number') return <NumberInput {...shared} min={1} max={65535} />;
  const value = (props.value as string | undefined) ?? '';
  if (field.isSecret) return <PasswordInput {...shared} value={value} autoComplete="new-password" />;
  return <TextInput {...shared} value={value} autoComplete="off" />;
}
