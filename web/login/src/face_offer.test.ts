import { expect, it } from 'vitest';

import type { PublicProject } from './context';
import { noteOffer, offersFace } from './face_offer';

const biometric = { method: 'biometric', liveness_required: true, require_consent: true, suggest_enrolment: true };
const project = (settings: object) => ({ slug: 'shop', methods: [{ ...biometric, ...settings }] }) as unknown as PublicProject;
const day = 24 * 3600 * 1000;

function storage() {
  const kept = new Map<string, string>();
  return { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
}

it('offers a face where the project wants it', () => {
  expect(offersFace(project({}), storage(), 100 * day)).toBe(true);
  expect(offersFace(project({ suggest_enrolment: false }), storage(), 100 * day)).toBe(false);
  expect(offersFace({ slug: 'shop', methods: [] } as unknown as PublicProject, storage(), 100 * day)).toBe(false);
});

it('respects who said "not now" for a month, and in this project alone', () => {
  const browser = storage();
  noteOffer(project({}), browser, 100 * day);
  expect(offersFace(project({}), browser, 129 * day)).toBe(false);
  expect(offersFace({ ...project({}), slug: 'other' }, browser, 129 * day)).toBe(true);
  expect(offersFace(project({}), browser, 131 * day)).toBe(true);
});

it('asks nobody whose browser keeps nothing', () => {
  const refuses = () => {
    throw new Error('SecurityError');
  };
  expect(offersFace(project({}), { getItem: refuses }, 100 * day)).toBe(false);
  expect(() => noteOffer(project({}), { setItem: refuses })).not.toThrow();
});
