import { Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { useT } from '../words.tsx';
import { useNotices } from './notices.tsx';

interface Deed<Input, Output> {
  run: (input: Input) => Promise<Output>;
  /** What to fetch again. */
  stale?: unknown[][];
  done?: string;
  then?: (output: Output, input: Input) => void;
}

/** A change that a button makes: runs it, says how it went, fetches again what it changed. */
export function useDeed<Output, Input = void>({ run, stale = [], done, then }: Deed<Input, Output>) {
  const queries = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: run,
    onSuccess: async (output, input) => {
      if (done) notices.done(done);
      then?.(output, input);
      await Promise.all(stale.map((queryKey) => queries.invalidateQueries({ queryKey })));
    },
    onError: notices.failed,
  });
}

/** Asks before something that can't be undone, naming it. */
export function useAsk() {
  const t = useT();
  return (title: string, text: ReactNode, confirm: string, onConfirm: () => void) =>
    modals.openConfirmModal({
      title,
      children: (
        <Text size="sm" component="div">
          {text}
        </Text>
      ),
      labels: { confirm, cancel: t('cancel') },
      confirmProps: { color: 'red.9' }, // White on the usual red is hard to read.
      closeButtonProps: { 'aria-label': t('close') },
      onConfirm,
    });
}
