// A login by code that your own server runs, in a terminal: asks for an address and for the code that it got.
//
//     URL=… PROJECT=prj_… CLIENT_ID=… CLIENT_SECRET=… node log_in.mjs
import { createInterface } from 'node:readline';

const { Accessd, AccessdError } = await import(process.env.ACCESSD_SDK ?? '../../sdk/typescript/dist/node.js');

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function ask(question) {
  process.stdout.write(question);
  return (await lines.next()).value ?? '';
}

/** The person who gives the right code back, or null after the last wrong one. */
async function logIn(accessd, project_id, email) {
  // A web server adds client: { ip, user_agent }: limits then count people, and not the server.
  const sent = await accessd.email.sendOtp({ project_id, email });
  for (;;) {
    try {
      const otp = await ask('Code: ');
      return (await accessd.email.verifyOtp({ email, otp, validation_id: sent.validation_id })).user;
    } catch (error) {
      if (!(error instanceof AccessdError) || !error.is('INVALID_OTP', 'OTP_EXPIRED')) throw error;
      const left = error.details.attempts_remaining ?? 0;
      console.log(error.is('OTP_EXPIRED') ? 'Too late. Begin again.' : `Wrong; ${left} tries left.`);
      if (left === 0) return null;
    }
  }
}

const { URL: url, PROJECT: project, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret } = process.env;
const accessd = new Accessd({ url, clientId, clientSecret });
try {
  const user = await logIn(accessd, project, await ask('Email address: '));
  console.log(user ? `Logged in: ${user.user_id}` : 'Not logged in.');
} catch (error) {
  if (!(error instanceof AccessdError) || !error.is('INVALID_EMAIL', 'RATE_LIMITED')) throw error;
  console.error(error.message, error.retryAfterSeconds ? `Wait ${error.retryAfterSeconds} seconds.` : '');
  process.exitCode = 1;
}
process.stdin.destroy();
