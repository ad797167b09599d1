import { Button, Group, Paper, Text } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { modals } from '@mantine/modals';
import { useEffect, useRef, useState } from 'react';
import { useBlocker } from 'react-router';

import { ApiError } from '../api.ts';
import { useIssues, useT } from '../words.tsx';
import { useNotices } from './notices.tsx';
import classes from './settings.module.css';

export interface Settings<Values> {
  form: UseFormReturnType<Values>;
  isDirty: boolean;
  isSaving: boolean;
  submit: () => Promise<boolean>;
  discard: () => void;
}

/**
 * A form over something that the server keeps: what is saved, what was changed since, and saving it. Warns
 * before unsaved changes are left behind. `save` throws what the API refuses; fields at fault are marked.
 */
export function useSettings<Values extends Record<string, unknown>>(
  saved: Values,
  save: (values: Values) => Promise<unknown>,
): Settings<Values> {
  const notices = useNotices();
  const issuesOf = useIssues();
  const form = useForm<Values>({ initialValues: saved });
  const [isSaving, setSaving] = useState(false);
  const isDirty = form.isDirty();
  const text = JSON.stringify(saved);
  const shown = useRef(text);
  useEffect(() => {
    // Somebody else's change is shown at once, unless it would overwrite what is being written here.
    if (shown.current === text || isDirty) return;
    shown.current = text;
    form.setInitialValues(saved);
    form.setValues(saved);
  }, [text, isDirty]);
  useLeaveWarning(isDirty && !isSaving);

  const submit = async () => {
    if (form.validate().hasErrors) return false;
    const values = form.getValues();
    const before = shown.current;
    setSaving(true);
    try {
      await save(values);
      // Unless what the server made of it is shown already.
      if (shown.current === before) {
        form.setInitialValues(values);
        form.resetDirty(values);
      }
      form.clearErrors();
      return true;
    } catch (problem) {
      if (problem instanceof ApiError) {
        form.setErrors(issuesOf(problem));
      }
      notices.failed(problem);
      return false;
    } finally {
      setSaving(false);
    }
  };
  return { form, isDirty, isSaving, submit, discard: () => form.reset() };
}

/** Asks before unsaved changes are left: by a link of the console, or by closing the page. */
export function useLeaveWarning(isDirty: boolean) {
  const t = useT();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => isDirty && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (blocker.state !== 'blocked') return;
    modals.openConfirmModal({
      title: t('unsaved_title'),
      children: <Text size="sm">{t('unsaved_text')}</Text>,
      labels: { confirm: t('leave'), cancel: t('stay') },
      confirmProps: { color: 'red.9' }, // White on the usual red is hard to read.
      closeButtonProps: { 'aria-label': t('close') },
      onConfirm: () => blocker.proceed(),
      onCancel: () => blocker.reset(),
      onClose: () => blocker.state === 'blocked' && blocker.reset(),
    });
  }, [blocker.state]);
  useEffect(() => {
    if (!isDirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [isDirty]);
}

/** Stays in sight while there is something to save. */
export function SaveBar({ settings, mayChange, next }: { settings: Settings<never>; mayChange: boolean; next?: React.ReactNode }) {
  const t = useT();
  if (!mayChange) {
    return (
      <Text size="sm" c="dimmed" mt="md">
        {t('viewers_only_read')}
      </Text>
    );
  }
  return (
    <Paper className={classes.bar} withBorder={settings.isDirty} p="sm" mt="md" data-dirty={settings.isDirty || undefined}>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {settings.isDirty ? t('unsaved') : t('all_saved')}
        </Text>
        <Group gap="xs">
          {settings.isDirty && (
            <Button variant="subtle" color="gray" onClick={settings.discard}>
              {t('discard')}
            </Button>
          )}
          <Button type="submit" disabled={!settings.isDirty} loading={settings.isSaving} variant={settings.isDirty ? 'filled' : 'default'}>
            {t('save')}
          </Button>
          {!settings.isDirty && next}
        </Group>
      </Group>
    </Paper>
  );
}
