import { ActionIcon, Badge, Box, Code, CopyButton, Group, Paper, Stack, Text, Title, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { ReactNode } from 'react';

import { useFormats, useT } from '../words.tsx';

/** The head of a page: what it is, in a sentence, and what can be done. */
export function PageHead({ title, text, actions }: { title: ReactNode; text?: ReactNode; actions?: ReactNode }) {
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="sm">
      <Box style={{ flex: '1 1 260px', minWidth: 0 }}>
        <Title order={1} style={{ overflowWrap: 'anywhere' }}>
          {title}
        </Title>
        {text && (
          <Text c="dimmed" size="sm" mt={4} maw={720} component="div">
            {text}
          </Text>
        )}
      </Box>
      {actions && <Group gap="xs">{actions}</Group>}
    </Group>
  );
}

export function Card({ title, text, actions, children, ...rest }: CardProps) {
  return (
    <Paper withBorder p="lg" {...rest}>
      {(title || actions) && (
        <Group justify="space-between" mb={text ? 4 : 'md'}>
          {title && <Title order={2}>{title}</Title>}
          {actions}
        </Group>
      )}
      {text && (
        <Text c="dimmed" size="sm" mb="md" component="div">
          {text}
        </Text>
      )}
      {children}
    </Paper>
  );
}
interface CardProps {
  title?: ReactNode;
  text?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
  'aria-label'?: string;
}

const colors: Record<string, string> = {
  validated: 'teal', complete: 'teal', delivered: 'teal', active: 'teal', ok: 'teal', done: 'teal', accepted: 'teal', ready: 'teal', live: 'teal',
  pending: 'blue', queued: 'blue', sent: 'blue', test: 'grape', draft: 'gray', warning: 'yellow', paused: 'yellow', temporary_failure: 'yellow',
  superseded: 'gray', failed: 'red', expired: 'orange', canceled: 'gray', failing: 'red', missing: 'gray', permanent_failure: 'red', revoked: 'gray',
  running: 'blue', finished: 'teal', disabled: 'red',
};

/** A state of something: its word and a colour that is never the only sign. */
export function State({ value, label }: { value: string; label?: string }) {
  return (
    // As wide as its word: half a word tells nothing.
    <Badge color={colors[value] ?? 'gray'} variant="light" style={{ textTransform: 'none', width: 'max-content', maxWidth: 'none' }}>
      {label ?? value.replaceAll('_', ' ')}
    </Badge>
  );
}

/** A time as people write it; the exact one on demand. */
export function When({ at }: { at: string | null | undefined }) {
  const formats = useFormats();
  if (!at) return <>–</>;
  return (
    <time dateTime={at} title={formats.exact(at)} style={{ whiteSpace: 'nowrap' }}>
      {formats.dateTime(at)}
    </time>
  );
}

export function Copy({ text, label }: { text: string; label?: string }) {
  const t = useT();
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t('copied') : (label ?? t('copy'))}>
          <ActionIcon variant="subtle" color={copied ? 'teal' : 'gray'} onClick={copy} aria-label={label ?? t('copy')}>
            {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

/** An id to read and to copy. */
export function Id({ value }: { value: string }) {
  return (
    <Group gap={4} wrap="nowrap" style={{ minWidth: 0 }} component="span">
      <Code style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{value}</Code>
      <Copy text={value} />
    </Group>
  );
}

/** Lines of code, with a button that copies them. */
export function CodeBlock({ text, label }: { text: string; label: string }) {
  return (
    <Box pos="relative">
      <Box pos="absolute" top={8} right={8} bg="var(--mantine-color-default)" style={{ zIndex: 1, borderRadius: 'var(--mantine-radius-default)' }}>
        <Copy text={text} />
      </Box>
      <Code block p="md" pr={48} tabIndex={0} role="region" aria-label={label} style={{ overflowX: 'auto' }}>
        {text}
      </Code>
    </Box>
  );
}

/** Names and values of one thing. */
export function Facts({ facts }: { facts: [string, ReactNode][] }) {
  return (
    <Stack gap={8} component="dl" m={0}>
      {facts.map(([name, value]) => (
        // Where there is no room beside it, a value stands nearer to its name than to the next one.
        <Group key={name} gap="xs" wrap="wrap" align="baseline" style={{ rowGap: 0 }}>
          <Text component="dt" size="sm" c="dimmed" w={170} style={{ flexShrink: 0 }}>
            {name}
          </Text>
          <Text component="dd" size="sm" m={0} style={{ flex: '1 1 200px', minWidth: 0, overflowWrap: 'anywhere' }}>
            {value ?? '–'}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
