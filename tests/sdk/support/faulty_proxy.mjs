// Stands between a client and accessd, and does to single requests what networks and busy servers do.
import { createServer, request as forward } from 'node:http';

export class FaultyProxy {
  /** `target`: the URL of the real server. */
  static async start(target) {
    const proxy = new FaultyProxy();
    proxy.seen = []; // {method, path, key, status}: what came, and what was passed on.
    proxy.faults = []; // For the next requests, one each: 'lose' or {status, headers, body}; null lets one through.
    proxy.server = createServer((request, response) => proxy.#take(target, request, response)).listen(0, '127.0.0.1');
    await new Promise((resolve) => proxy.server.once('listening', resolve));
    proxy.url = `http://127.0.0.1:${proxy.server.address().port}`;
    return proxy;
  }

  async #take(target, request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const seen = { method: request.method, path: request.url, key: request.headers['idempotency-key'], status: null };
    this.seen.push(seen);
    const fault = this.faults.shift() ?? null;
    if (fault !== null && fault !== 'lose') {
      response.writeHead(fault.status, fault.headers).end(fault.body);
      return;
    }
    const passedOn = forward(target + request.url, { method: request.method, headers: request.headers }, (answer) => {
      seen.status = answer.statusCode;
      answer.resume();
      if (fault === 'lose') {
        // It was done, and nobody hears of it.
        answer.once('end', () => request.socket.destroy());
        return;
      }
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    passedOn.end(Buffer.concat(chunks));
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

/** A refusal in accessd's form. */
export function refusal(status, code, retryAfter) {
  return {
    status,
    headers: { 'Content-Type': 'application/json', ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }) },
    body: JSON.stringify({ success: false, error: 'made by the test', code, details: {} }),
  };
}
