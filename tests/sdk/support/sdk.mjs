// The TypeScript client as its compiler makes it. ACCESSD_SDK names another module to test, to see the tests fail.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const tsc = path.join(root, 'web/node_modules/typescript/bin/tsc');

/** Compiles into a folder that goes with the process; mistakes of types end the test. */
export function compileSdk() {
  const folder = mkdtempSync(path.join(tmpdir(), 'accessd-sdk-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  execFileSync(process.execPath, [tsc, '-p', path.join(root, 'sdk/typescript'), '--outDir', folder], { stdio: 'inherit' });
  copyFileSync(path.join(root, 'sdk/typescript/package.json'), path.join(folder, 'package.json')); // Says that these are modules.
  return folder;
}

export async function loadSdk() {
  const file = process.env.ACCESSD_SDK ?? path.join(compileSdk(), 'node.js');
  return import(pathToFileURL(file));
}
