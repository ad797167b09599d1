import { Alert, Box, Center, Code, Group, Text, Title } from '@mantine/core';
import { useEffect } from 'react';

import icon from '../icon.svg';
import { LanguageMenu } from '../shell.tsx';
import { useT } from '../words.tsx';

/** How to get a link that signs in. */
export function SignIn() {
  const t = useT();
  useEffect(() => {
    document.title = `${t('sign_in')} · accessd`;
  }, [t]);
  return (
    <Center mih="100vh" p="md" component="main">
      <Box w="100%" maw={420}>
        <Group justify="space-between" mb="md">
          <Group gap="xs">
            <img src={icon} width={32} height={32} alt="" />
            <Title order={1}>{t('sign_in')}</Title>
          </Group>
          <LanguageMenu />
        </Group>
        <Alert variant="light" color="gray" title={t('sign_in_by_link')}>
          <Text size="sm" mb={6}>
            {t('sign_in_by_link_text')}
          </Text>
          <Code block>accessd admin link --email you@example.com</Code>
          <Text size="sm" mt={6}>
            {t('sign_in_first')}
          </Text>
        </Alert>
      </Box>
    </Center>
  );
}
