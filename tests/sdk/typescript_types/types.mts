// Compiled, not run: what the compiler must and must not take.
import { Accessd, AccessdError, verifyWebhook } from '../../../sdk/typescript/src/index.js';

export async function uses(accessd: Accessd): Promise<void> {
  const sent = await accessd.email.sendOtp({ project_id: 'prj_1', email: 'ana@example.com' });
  const id: string = sent.validation_id;
  // @ts-expect-error The answer holds no code.
  void sent.otp;
  // @ts-expect-error An email is needed.
  await accessd.email.sendOtp({ project_id: 'prj_1' });
  // @ts-expect-error A field that the API doesn't have.
  await accessd.email.verifyOtp({ email: 'ana@example.com', otp: '123456', validation_id: id, project: 'prj_1' });
  // @ts-expect-error No such operation.
  await accessd.call('sendPigeon', {});
  // @ts-expect-error The path needs an id.
  await accessd.call('getProject', {});
  // @ts-expect-error Not a list.
  accessd.list('getProject', { path: { project_id: 'prj_1' } });

  for await (const user of accessd.users.list('prj_1', { search: 'ana' })) {
    const name: string | null = user.name;
    void name;
  }
  try {
    await accessd.validations.get(id);
  } catch (error) {
    if (!(error instanceof AccessdError)) throw error;
    // @ts-expect-error No such code.
    error.is('INVALID_PIGEON');
    if (error.is('VALIDATION_NOT_FOUND')) {
      const code: 'VALIDATION_NOT_FOUND' = error.code;
      void code;
    }
  }
  const event = await verifyWebhook('whsec_x', new Headers(), '');
  const known: boolean = event.type === 'login.completed';
  // @ts-expect-error No such event.
  const unknown: boolean = event.type === 'pigeon.landed';
  void [known, unknown];
}

export async function browser(accessd: Accessd): Promise<void> {
  const login = await accessd.browserLogin.open({ project: 'shop', redirect_url: 'https://shop.example/in' });
  const done = await login.verifyEmail({ email: 'ana@example.com', otp: '123456', validation_id: 'val_1' });
  const next: string | undefined = done.redirect_url;
  // @ts-expect-error Browsers don't get the token.
  void [next, done.token];
  const atServer = await accessd.email.verifyOtp({ email: 'ana@example.com', otp: '123456', validation_id: 'val_1' });
  const token: string | undefined = atServer.token;
  void token;
}
