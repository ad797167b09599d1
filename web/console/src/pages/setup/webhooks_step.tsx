import { Stack } from '@mantine/core';

import { NextStep } from './setup.tsx';

export function WebhooksStep() {
  return (
    <Stack align="flex-start">
      <NextStep after="webhooks" />
    </Stack>
  );
}
