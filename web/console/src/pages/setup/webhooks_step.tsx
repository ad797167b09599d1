import { Group, Stack } from '@mantine/core';

import { WebhookList } from '../webhooks.tsx';
import { NextStep } from './setup.tsx';

/** Step 5, which may be left out: events to the project's own server. */
export function WebhooksStep() {
  return (
    <Stack>
      <WebhookList />
      <Group justify="flex-end">
        <NextStep after="webhooks" />
      </Group>
    </Stack>
  );
}
