import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Settings } from './accessd.js';

const START_MS_MAX = 20_000;

/** The program as this checkout builds it, or as ACCESSD_BIN names it. */
function program(): string {
  const built = fileURLToPath(new URL('../../../build/release/accessd', import.meta.url));
  const found = process.env.ACCESSD_BIN ?? built;
  if (!existsSync(found)) throw new Error(`there is no ${found}: run "make build" first, or set ACCESSD_BIN`);
  return found;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** An accessd with a test project, on a folder that goes with it. */
export async function startForATry(redirectUrl: string): Promise<Settings> {
  const folder = mkdtempSync(path.join(tmpdir(), 'accessd-example-'));
  const port = Number(process.env.ACCESSD_PORT ?? (await freePort()));
  const child = spawn(program(), ['serve', '--dev'], {
    cwd: folder,
    env: {
      ...process.env,
      ACCESSD_SERVER_PORT: String(port),
      ACCESSD_SERVER_OPERATIONS_PORT: '0',
      ACCESSD_STORE_DATA_DIR: path.join(folder, 'data'),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const end = () => {
    child.kill();
    process.exit();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  process.once('exit', () => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  const variables = await readQuickStart(path.join(folder, 'data/quick_start.env'));
  await allowRedirect(variables, redirectUrl);
  return {
    url: variables.URL!,
    project: 'quick-start',
    clientId: variables.CLIENT_ID!,
    clientSecret: variables.CLIENT_SECRET!,
    redirectUrl,
  };
}

/** What `serve --dev` writes down when it is ready: NAME='value' lines. */
async function readQuickStart(file: string): Promise<Record<string, string>> {
  const deadline = Date.now() + START_MS_MAX;
  while (!existsSync(file) || !readFileSync(file, 'utf8').includes("TOKEN='")) {
    if (Date.now() > deadline) throw new Error('accessd did not start; its messages are above');
    await new Promise((done) => setTimeout(done, 50));
  }
  const lines = readFileSync(file, 'utf8').matchAll(/^([A-Z_]+)='(.*)'$/gm);
  return Object.fromEntries([...lines].map(([, name, value]) => [name, value]));
}

/** Set-up that a customer does once, in the console or like this. */
async function allowRedirect(variables: Record<string, string>, redirectUrl: string): Promise<void> {
  const api = `${variables.URL}/v2/access`;
  const headers = { Authorization: `Bearer ${variables.TOKEN}`, 'Content-Type': 'application/json' };
  const project = await fetch(`${api}/projects/${variables.PROJECT}/flows`, { headers });
  const { data } = (await project.json()) as { data: { items: { flow_id: string }[] } };
  const changed = await fetch(`${api}/flows/${data.items[0]!.flow_id}`, {
    method: 'PATCH',
    headers,
    body: JSON.stringify({ redirect_urls: [redirectUrl] }),
  });
  if (!changed.ok) throw new Error(`accessd did not take the redirect URL: ${await changed.text()}`);
}
