// Every test of the TypeScript client fails with a client that does nothing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

test('a client that does nothing passes nothing', () => {
  const environment = { ...process.env, ACCESSD_SDK: path.join(here, 'support/do_nothing.mjs') };
  delete environment.NODE_TEST_CONTEXT; // Or the tests below would report to this one.
  const { stdout } = spawnSync(process.execPath, ['--test', '--test-reporter=tap', 'typescript.test.mjs'], {
    cwd: here,
    env: environment,
    encoding: 'utf8',
    timeout: 240_000,
  });
  const client = stdout.slice(0, stdout.indexOf('# Subtest: the package')); // Looks at files, whatever the client.
  const passed = client.match(/^ *ok .*/gm) ?? [];
  const failed = client.match(/^ *not ok .*/gm) ?? [];
  assert.deepEqual(passed, []);
  assert.ok(failed.length > 30, `only ${failed.length} tests failed:\n${stdout}`);
});
