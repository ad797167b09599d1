import { Box, Group, Paper, SegmentedControl, Text } from '@mantine/core';
import { readableOn } from '@accessd/shared/contrast.ts';
import { useState } from 'react';

import { useT } from '../../words.tsx';
import classes from './login_preview.module.css';
import type { ProjectValues } from './project_step.tsx';

const themes = {
  light: { background: '#ffffff', text: '#1a1a1a', page: '#f4f5f6' },
  dark: { background: '#1b1d20', text: '#f1f3f5', page: '#101113' },
} as const;

type Look = Pick<ProjectValues, 'name' | 'logo_url' | 'image_url' | 'primary_color' | 'background_color' | 'text_color' | 'privacy_url' | 'terms_url'>;

/** How the login page will look, while it is being dressed. A picture of it: nothing in it can be pressed. */
export function LoginPreview({ values }: { values: Look }) {
  const t = useT();
  const [device, setDevice] = useState<'phone' | 'desktop'>('phone');
  const [theme, setTheme] = useState<keyof typeof themes>('light');
  const plain = themes[theme];
  const primary = /^#[0-9a-f]{6}$/i.test(values.primary_color) ? values.primary_color : '#1f7a61';
  // Colours of the project's own hold in the light theme; in the dark one only the accent does.
  const background = theme === 'light' && values.background_color ? values.background_color : plain.background;
  const text = readableOn(background, theme === 'light' ? values.text_color : plain.text);
  const isLinked = values.logo_url.startsWith('https://');
  return (
    <Paper withBorder p="md" aria-label={t('preview')}>
      <Group justify="space-between" mb="sm">
        <Text fw={650}>{t('preview')}</Text>
        <Group gap="xs">
          <SegmentedControl
            size="xs"
            aria-label={t('device')}
            value={device}
            onChange={(value) => setDevice(value as typeof device)}
            data={[
              { value: 'phone', label: t('device_phone') },
              { value: 'desktop', label: t('device_desktop') },
            ]}
          />
          <SegmentedControl
            size="xs"
            aria-label={t('theme')}
            value={theme}
            onChange={(value) => setTheme(value as keyof typeof themes)}
            data={[
              { value: 'light', label: t('theme_light') },
              { value: 'dark', label: t('theme_dark') },
            ]}
          />
        </Group>
      </Group>
      <Box className={classes.screen} data-device={device} style={{ background: device === 'phone' ? background : plain.page }} aria-hidden>
        <div className={classes.card} style={{ background, color: text }}>
          {isLinked ? <img className={classes.logo} src={values.logo_url} alt="" referrerPolicy="no-referrer" /> : <div className={classes.name}>{values.name}</div>}
          <div className={classes.title}>{t('preview_title', { name: values.name })}</div>
          <div className={classes.label}>{t('email')}</div>
          <div className={classes.input} style={{ borderColor: `${text}55` }}>
            ana@example.com
          </div>
          <div className={classes.button} style={{ background: primary, color: readableOn(primary, '#ffffff') }}>
            {t('send_code')}
          </div>
          <div className={classes.links}>
            {values.privacy_url && <span>{t('privacy_url')}</span>}
            {values.terms_url && <span>{t('terms_url')}</span>}
          </div>
        </div>
      </Box>
    </Paper>
  );
}
