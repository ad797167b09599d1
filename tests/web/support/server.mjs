// Starts and stops the program under test for the tests in a browser: one data directory, one free port.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const START_SECONDS_MAX = 20;

/** The binary that ACCESSD_BIN names. Without one no test here means anything. */
function program() {
  const found = process.env.ACCESSD_BIN;
  if (!found) throw new Error('set ACCESSD_BIN to the program to test, such as build/release/accessd');
  return path.resolve(found);
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** A server on http to loopback. `settings` are lines of its configuration, by section. */
export class Server {
  static async start(settings = {}) {
    const server = new Server();
    server.folder = await mkdtemp(path.join(tmpdir(), 'accessd-web-'));
    server.port = await freePort();
    server.url = `http://127.0.0.1:${server.port}`;
    server.environment = { ...process.env, ACCESSD_MASTER_KEY: randomBytes(32).toString('base64url') };
    server.log = '';
    const sections = {
      server: [`address = "127.0.0.1"`, `port = ${server.port}`, 'operations_port = 0', `public_url = "${server.url}"`],
      store: [`data_dir = "${path.join(server.folder, 'data')}"`],
      log: ['format = "json"'],
    };
    for (const [name, lines] of Object.entries(settings)) (sections[name] ??= []).push(...lines);
    server.config = path.join(server.folder, 'accessd.toml');
    await writeFile(
      server.config,
      Object.entries(sections)
        .map(([name, lines]) => `[${name}]\n${lines.join('\n')}\n`)
        .join(''),
    );
    await server.launch();
    return server;
  }

  async launch() {
    this.process = spawn(program(), ['serve', '--config', this.config], {
      env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`the server didn't start:\n${this.log}`)), START_SECONDS_MAX * 1000);
      const read = (line) => {
        this.log += `${line}\n`;
        if (!line.includes('"listening"') || !line.includes(`${this.port}`)) return;
        clearTimeout(late);
        resolve();
      };
      for (const stream of [this.process.stdout, this.process.stderr]) createInterface({ input: stream }).on('line', read);
      this.process.once('exit', (status) => reject(new Error(`the server ended with ${status}:\n${this.log}`)));
    });
  }

  /** Runs a command of the program with this server's configuration, and returns what it prints. */
  run(...command) {
    const done = spawnSync(program(), [...command, '--config', this.config], {
      env: this.environment,
      encoding: 'utf8',
      timeout: 60_000,
    });
    if (done.status !== 0) throw new Error(`accessd ${command.join(' ')} ended with ${done.status}:\n${done.stderr}`);
    return done.stdout;
  }

  /** The link that makes the first owner, as soon as the server printed it. */
  async firstLink() {
    for (let tries = 0; tries < 100; tries += 1) {
      const [link] = this.log.match(/http:\/\/127\.0\.0\.1:\d+\/console\/link\/[\w-]+/) ?? [];
      if (link) return link;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no link for the first owner in the log:\n${this.log}`);
  }

  /** Ends the process and leaves its folder, for tests of what a page does without its server. */
  async halt() {
    if (this.process.exitCode !== null) return;
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGTERM');
    await ended;
  }

  async stop() {
    await this.halt();
    await rm(this.folder, { recursive: true, force: true });
  }
}
