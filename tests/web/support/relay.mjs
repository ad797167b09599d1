// A mail server that takes everything and keeps it.
import { createServer } from 'node:net';

export class Relay {
  static async start() {
    const relay = new Relay();
    relay.mails = [];
    relay.server = createServer((socket) => relay.#talk(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => relay.server.once('listening', resolve));
    relay.port = relay.server.address().port;
    return relay;
  }

  /** Lines of the server's configuration. */
  get settings() {
    return { smtp: ['host = "127.0.0.1"', `port = ${this.port}`, 'security = "none"', 'from = "codes@example.com"'] };
  }

  #talk(socket) {
    let rest = '';
    let mail = null;
    socket.on('error', () => undefined);
    socket.write('220 relay\r\n');
    socket.on('data', (bytes) => {
      rest += bytes.toString('utf8');
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (mail !== null && line !== '.') mail.push(line);
        else if (mail !== null) {
          this.mails.push(mail.join('\n'));
          mail = null;
          socket.write('250 taken\r\n');
        } else if (/^DATA/i.test(line)) {
          mail = [];
          socket.write('354 go on\r\n');
        } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
        else socket.write('250 ok\r\n');
      }
    });
  }

  /** The newest mail to an address, as soon as there is one beyond the first `seen`. */
  async mailTo(address, seen = 0) {
    for (let tries = 0; tries < 200; tries += 1) {
      const found = this.mails.filter((mail) => new RegExp(`^To: .*${address}`, 'mi').test(mail));
      if (found.length > seen) return found.at(-1);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no mail to ${address}`);
  }

  stop() {
    this.server.close();
  }
}

/** The code that stands on a line of its own in a mail. */
export const codeIn = (mail) => /^ {4}(\d{6,8})\s*$/m.exec(mail)[1];
