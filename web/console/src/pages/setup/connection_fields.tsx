import { NumberInput, PasswordInput, Select, SimpleGrid, Stack, TextInput, Textarea } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';

import { useT } from '../../words.tsx';
import type { ConnectionValues, SourceKind } from './source_types.ts';

interface FieldsProps {
  kind: SourceKind;
  form: UseFormReturnType<ConnectionValues>;
  hasPassword: boolean;
  mayChange: boolean;
}

/** How a customer's own database or service is reached, and what of its answer means what. */
export function ConnectionFields({ kind, form, hasPassword, mayChange }: FieldsProps) {
  const t = useT();
  const field = (name: keyof ConnectionValues & string) => ({
    ...form.getInputProps(name),
    error: form.errors[name] ?? form.errors[`settings.${name}`] ?? form.errors[`settings.mapping.${name}`],
    readOnly: !mayChange,
  });
  return (
    <Stack gap="sm">
      <TextInput label={t('name')} required maxLength={60} {...field('name')} />
      {kind === 'http' && (
        <>
          <TextInput label={t('address')} description={t('source_url_hint')} required placeholder="https://crm.shop.example/people?email={email}" {...field('url')} />
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <TextInput label={t('header_name')} placeholder="Authorization" {...field('header_name')} />
            <PasswordInput label={t('header_value')} autoComplete="new-password" {...field('header_value')} />
          </SimpleGrid>
        </>
      )}
      {kind === 'sqlite' && <TextInput label={t('source_file')} description={t('source_file_hint')} required {...field('file')} />}
      {(kind === 'postgres' || kind === 'mysql') && (
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput label={t('server')} required placeholder="db.shop.example" {...field('host')} />
          <NumberInput label={t('port')} min={1} max={65535} {...field('port')} />
          <TextInput label={t('database')} required {...field('database')} />
          <Select label={t('encryption')} allowDeselect={false} data={(['verify', 'require', 'none'] as const).map((value) => ({ value, label: t(`tls_${value}`) }))} {...field('tls')} />
          <TextInput label={t('user_name')} required autoComplete="off" {...field('user')} />
          <PasswordInput label={t('password')} placeholder={hasPassword ? '••••••••' : ''} autoComplete="new-password" {...field('password')} />
        </SimpleGrid>
      )}
      {kind !== 'http' && (
        <Textarea label={t('source_query')} description={t('source_query_hint')} required autosize minRows={3} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }} {...field('query')} />
      )}
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput label={`${t('user_id')} ←`} required {...field('user_id')} />
        <TextInput label={`${t('email')} ←`} {...field('email')} />
        <TextInput label={`${t('phone')} ←`} {...field('phone')} />
        <TextInput label={`${t('name')} ←`} {...field('person_name')} />
        <NumberInput label={t('timeout_ms')} min={100} max={10_000} step={100} {...field('timeout_ms')} />
        <NumberInput label={t('cache_seconds')} min={0} max={3600} {...field('cache_seconds')} />
      </SimpleGrid>
    </Stack>
  );
}
