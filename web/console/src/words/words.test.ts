import { it } from 'vitest';

import { expectSameWords } from '@accessd/shared/words_check.ts';

import { en } from './en.ts';
import { es } from './es.ts';
import { pt } from './pt.ts';

const alike = ['Menu', 'Editor', 'Webhooks', 'SMS', 'WhatsApp', 'PostgreSQL', 'no', 'provisional', 'Id'];

it('is complete in every language', () => expectSameWords([en, es, pt], alike));
