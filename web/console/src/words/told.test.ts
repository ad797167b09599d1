import { describe, expect, it } from 'vitest';

import faceTimeline from '../../../../src/access/face_timeline.cpp?raw';
import timeline from '../../../../src/access/timeline.cpp?raw';
import setupSteps from '../../../../src/projects/setup_steps.cpp?raw';
import csvReader from '../../../../src/users/csv_reader.cpp?raw';
import importFile from '../../../../src/users/import_file.cpp?raw';
import { told } from './told.ts';

/** Texts of C++, with those put together that stand behind one another. */
function texts(source: string): string[] {
  const joined = source.replace(/"\s*\n\s*"/g, '');
  return [...joined.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map((found) => found[1] ?? '');
}

describe('told', () => {
  it('fills in what differs', () => {
    expect(told('Try 2 by Relay: main: failed for now.', 'es')).toBe('Intento 2 por Relay: main: falló por ahora.');
    expect(told('has 3 fields, and the header 4', 'pt')).toBe('tem 3 campos, e o cabeçalho 4');
  });

  it('knows numbers from words, and names of variables from what differs', () => {
    expect(told('must be 6 to 8', 'es')).toBe('debe ser de 6 a 8');
    expect(told('must be 6 to 8 of something', 'es')).toBe('must be 6 to 8 of something');
    expect(told('has no {{code}}: people read it in the notification', 'pt')).toBe('não tem {{code}}: lê-se na notificação');
  });

  it('leaves alone what it doesn’t know, and English', () => {
    expect(told('451 4.7.1 try again later', 'es')).toBe('451 4.7.1 try again later');
    expect(told('A code was asked for.', 'en')).toBe('A code was asked for.');
  });

  // Sentences that C++ puts together are seen by tests/web/console_pages.test.mjs.
  it.each(Object.entries({ timeline, faceTimeline, setupSteps, csvReader, importFile }))('knows the whole sentences of %s', (_, source) => {
    const whole = texts(source).filter((text) => /^[A-Z].* .*\.$/.test(text) || /^(is|has) [^:]*[^ :]$/.test(text));
    // Of the file as such, which is refused at once, with an error of its own.
    const sentences = whole.filter((text) => !/^(Column|The header|The file|The first line)/.test(text));
    expect(sentences.length).toBeGreaterThan(2);
    for (const sentence of sentences) for (const language of ['es', 'pt'] as const) expect(told(sentence, language), sentence).not.toBe(sentence);
  });
});
