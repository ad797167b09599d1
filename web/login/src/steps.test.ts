import { expect, test } from 'vitest';
import type { PublicProject } from './context';
import { positionOf } from './steps';

function shop(policy: PublicProject['policy']): PublicProject {
  return {
    name: 'Shop', slug: 'shop', test: true, languages: ['en'], default_language: 'en', privacy_url: null, terms_url: null,
    branding: { logo_url: null, primary_color: null, background_color: null, text_color: null, image_url: null },
    methods: [
      { method: 'email', otp_length: 6, magic_link: false },
      { method: 'phone', otp_length: 6, channels: ['sms'], countries: ['*'] },
    ],
    policy,
  };
}

test('any of several is one step with a choice', () => {
  expect(positionOf(shop({ any: ['phone', 'email'] }), null)).toEqual({ choices: ['phone', 'email'], step: 1, steps: 1 });
});

test('all of several are steps in the order of the policy', () => {
  const project = shop({ all: ['email', 'phone'] });
  expect(positionOf(project, null)).toEqual({ choices: ['email'], step: 1, steps: 2 });
  expect(positionOf(project, ['phone'])).toEqual({ choices: ['phone'], step: 2, steps: 2 });
});

test('without a flow that runs there is nothing to choose', () => {
  expect(positionOf({ ...shop(null), methods: [] }, null).choices).toEqual([]);
});
