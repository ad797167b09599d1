import { it } from 'vitest';

import { expectSameWords } from '@accessd/shared/words_check.ts';

import { en as faceEn } from '../face/words/en';
import { es as faceEs } from '../face/words/es';
import { pt as facePt } from '../face/words/pt';
import { en } from './en';
import { es } from './es';
import { pt } from './pt';

it('is complete in every language', () => expectSameWords([en, es, pt], ['WhatsApp']));
it('is complete in every language for faces, too', () => expectSameWords([faceEn, faceEs, facePt]));
