import { Modal } from '@mantine/core';
import { useEffect, useState } from 'react';

import { setFactorAsker } from '../fresh_factor.ts';
import { useSession } from '../session.tsx';
import { useT } from '../words.tsx';
import { ShowFactor, ShowMail } from './factors.tsx';

/** Opens wherever the server wants to know again who is there, and lets go on what was asked of it. */
export function FactorPrompt() {
  const t = useT();
  const { admin, second_factor: factor } = useSession();
  const [answer, setAnswer] = useState<((isShown: boolean) => void) | null>(null);
  useEffect(() => {
    setFactorAsker(() => new Promise<boolean>((resolve) => setAnswer(() => resolve)));
    return () => setFactorAsker(null);
  }, []);
  const end = (isShown: boolean) => {
    answer?.(isShown);
    setAnswer(null);
  };
  return (
    <Modal opened={answer !== null} onClose={() => end(false)} title={t('factor_again')} centered zIndex={400} closeButtonProps={{ 'aria-label': t('close') }}>
      {factor.is_on ? <ShowFactor then={() => end(true)} /> : <ShowMail email={admin.email} then={() => end(true)} />}
    </Modal>
  );
}
