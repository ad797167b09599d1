import { it } from 'vitest';

import { expectSameWords } from '@accessd/shared/words_check.ts';

import { en } from './en.ts';
import { es } from './es.ts';
import { pt } from './pt.ts';

it('is complete in every language', () => expectSameWords(en, es, pt));
