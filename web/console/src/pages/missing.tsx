import { Button } from '@mantine/core';
import { Link } from 'react-router';

import { Empty } from '../parts/notices.tsx';
import { useT } from '../words.tsx';

export function Missing() {
  const t = useT();
  return (
    <Empty title={t('missing_title')} action={<Button component={Link} to="/projects">{t('all_projects')}</Button>}>
      {t('missing_text')}
    </Empty>
  );
}
